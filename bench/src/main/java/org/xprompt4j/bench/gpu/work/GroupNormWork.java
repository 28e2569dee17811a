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
                    if (!backward) {
                        return new Ready(sets, set -> place.backend().groupNorm(spec, all[set].x, weight, bias, all[set].out, mean, inverse), () -> {
                            place.poison(all[0].out, mean, inverse);
                            place.backend().groupNorm(spec, all[0].x, weight, bias, all[0].out, mean, inverse);
                            Tensor expected = place.expected(1, side, side, channels);
                            place.oracle().groupNorm(spec, place.rows(all[0].x, batch - 1), place.onHost(weight), place.onHost(bias), expected,
                                    place.expected(1, groups), place.expected(1, groups));
                            WrongResult.requireClose("groupNorm", expected, place.rows(all[0].out, batch - 1), Precision.F32.bound());
                        });
                    }
                    Tensor dWeight = place.zeros(channels);
                    Tensor dBias = place.zeros(channels);
                    Tensor out = place.empty(batch, side, side, channels);
                    place.backend().groupNorm(spec, all[0].x, weight, bias, out, mean, inverse);
                    return new Ready(sets, set -> place.backend().groupNormBackward(spec, all[set].x, weight, bias, mean, inverse, all[set].dOut,
                            all[set].dX, dWeight, dBias), () -> {
                                place.backend().groupNormBackward(spec, all[0].x, weight, bias, mean, inverse, all[0].dOut, all[0].dX, dWeight, dBias);
                                Tensor expected = place.expectedZeros(batch, side, side, channels);
                                Tensor expectedWeight = place.expectedZeros(channels);
                                Tensor expectedBias = place.expectedZeros(channels);
                                place.oracle().groupNormBackward(spec, place.onHost(all[0].x), place.onHost(weight), place.onHost(bias),
                                        place.onHost(mean), place.onHost(inverse), place.onHost(all[0].dOut), expected, expectedWeight, expectedBias);
                                WrongResult.requireClose("groupNorm's dX", expected, place.onHost(all[0].dX), 4 * Precision.F32.bound());
                                WrongResult.requireClose("groupNorm's dWeight", expectedWeight, place.onHost(dWeight), 4 * Precision.F32.bound());
                                WrongResult.requireClose("groupNorm's dBias", expectedBias, place.onHost(dBias), 4 * Precision.F32.bound());
                            });
                }).against("group_norm", Map.of("batch", batch, "side", side, "channels", channels, "groups", groups, "backward", backward));
    }
}
