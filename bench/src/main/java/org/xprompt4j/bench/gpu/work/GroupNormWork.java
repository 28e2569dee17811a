package org.xprompt4j.bench.gpu.work;

import java.util.Map;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.GroupNormSpec;

/** GroupNorm with SiLU of channels-last pictures, forward and backward. A picture is read for its sums and again for the result. */
final class GroupNormWork {
    private GroupNormWork() {
    }

    /** Tensors of one set. */
    private record Operands(Tensor x, Tensor dOut, Tensor out, Tensor dX) {
    }

    static GpuWork of(int batch, int side, int channels, int groups, boolean backward) {
        GroupNormSpec spec = new GroupNormSpec(groups, 1e-6f, Activation.SILU);
        double numbers = (double) batch * side * side * channels;
        double bytes = backward ? 24 * numbers : 12 * numbers; // every reading is from memory: no cache holds a picture of this size
        return new GpuWork(backward ? "group-norm.backward" : "group-norm.forward", batch + "x" + side + "x" + side + "x" + channels + " in " + groups,
                Precision.F32, (backward ? 20 : 10) * numbers, bytes, place -> {
                    int sets = place.sets(bytes);
                    Operands[] all = new Operands[sets];
                    for (int i = 0; i < sets; i++) {
                        Tensor x = place.normal(batch, side, side, channels);
                        all[i] = backward ? new Operands(x, place.normal(batch, side, side, channels), null, place.zeros(batch, side, side, channels))
                                : new Operands(x, null, place.empty(batch, side, side, channels), null);
                    }
                    Tensor weight = place.normal(channels);
                    Tensor bias = place.normal(channels);
                    Tensor mean = place.empty(batch, groups);
                    Tensor inverse = place.empty(batch, groups);
                    int[] checked = groups == 1 ? new int[] {0} : new int[] {0, groups - 1};
                    if (!backward) {
                        return new Ready(sets, set -> place.backend().groupNorm(spec, all[set].x, weight, bias, all[set].out, mean, inverse), () -> {
                            place.poison(all[0].out, mean, inverse);
                            place.backend().groupNorm(spec, all[0].x, weight, bias, all[0].out, mean, inverse);
                            for (int group : checked) {
                                checkForward(place, spec, group, all[0], weight, bias);
                            }
                        });
                    }
                    Tensor dWeight = place.zeros(channels);
                    Tensor dBias = place.zeros(channels);
                    Tensor out = place.empty(batch, side, side, channels);
                    place.backend().groupNorm(spec, all[0].x, weight, bias, out, mean, inverse);
                    return new Ready(sets, set -> place.backend().groupNormBackward(spec, all[set].x, weight, bias, mean, inverse, all[set].dOut,
                            all[set].dX, dWeight, dBias), () -> {
                                place.backend().groupNormBackward(spec, all[0].x, weight, bias, mean, inverse, all[0].dOut, all[0].dX, dWeight, dBias);
                                for (int group : checked) {
                                    checkBackward(place, spec, group, all[0], weight, bias, mean, inverse, dWeight, dBias);
                                }
                            });
                }).against("group_norm", Map.of("batch", batch, "side", side, "channels", channels, "groups", groups, "backward", backward));
    }

    /** The channels of one group of all pictures, in the oracle's memory: a group's result depends on no other. */
    private static Tensor group(Place place, GroupNormSpec spec, int group, Tensor x) {
        long width = x.dim(-1) / spec.groups();
        return place.onHost(x.slice(-1, group * width, (group + 1) * width));
    }

    private static void checkForward(Place place, GroupNormSpec spec, int group, Operands operands, Tensor weight, Tensor bias) {
        Tensor x = group(place, spec, group, operands.x);
        Tensor expected = place.hostScope().allocate(x.dtype(), x.shape());
        place.oracle().groupNorm(new GroupNormSpec(1, spec.eps(), spec.activation()), x, group(place, spec, group, weight),
                group(place, spec, group, bias), expected, place.expected(x.dim(0), 1), place.expected(x.dim(0), 1));
        WrongResult.requireClose("groupNorm", expected, group(place, spec, group, operands.out), Precision.F32.bound());
    }

    private static void checkBackward(Place place, GroupNormSpec spec, int group, Operands operands, Tensor weight, Tensor bias, Tensor mean,
            Tensor inverse, Tensor dWeight, Tensor dBias) {
        Tensor x = group(place, spec, group, operands.x);
        Tensor expected = place.expectedZeros(x.shape().toArray());
        Tensor expectedWeight = place.expectedZeros(x.dim(-1));
        Tensor expectedBias = place.expectedZeros(x.dim(-1));
        place.oracle().groupNormBackward(new GroupNormSpec(1, spec.eps(), spec.activation()), x, group(place, spec, group, weight),
                group(place, spec, group, bias), place.onHost(mean.slice(1, group, group + 1)), place.onHost(inverse.slice(1, group, group + 1)),
                group(place, spec, group, operands.dOut), expected, expectedWeight, expectedBias);
        WrongResult.requireClose("groupNorm's dX", expected, group(place, spec, group, operands.dX), 4 * Precision.F32.bound());
        WrongResult.requireClose("groupNorm's dWeight", expectedWeight, group(place, spec, group, dWeight), 4 * Precision.F32.bound());
        WrongResult.requireClose("groupNorm's dBias", expectedBias, group(place, spec, group, dBias), 4 * Precision.F32.bound());
    }
}
