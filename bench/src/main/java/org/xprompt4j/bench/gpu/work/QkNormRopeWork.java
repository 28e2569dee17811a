package org.xprompt4j.bench.gpu.work;

import java.util.Arrays;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.QkNormRopeSpec;

/** LayerNorm of every head and the rotary embedding of its position, in one pass over memory. */
final class QkNormRopeWork {
    private static final QkNormRopeSpec SPEC = new QkNormRopeSpec(1e-5f, 10_000);

    private QkNormRopeWork() {
    }

    static GpuWork of(int tokens, int heads, int dim, boolean backward) {
        double numbers = (double) tokens * heads * dim;
        double bytes = (backward ? 16 : 8) * numbers;
        return new GpuWork(backward ? "qk-norm-rope.backward" : "qk-norm-rope.forward", tokens + " " + heads + "x" + dim, Precision.F32,
                (backward ? 24 : 12) * numbers, bytes, place -> {
                    int sets = place.sets(bytes);
                    Tensor[] x = Place.each(sets, () -> place.normal(1, tokens, heads, dim));
                    Tensor weight = place.normal(heads, dim);
                    Tensor bias = place.normal(heads, dim);
                    Tensor positions = place.ascending(tokens).reshape(1, tokens);
                    int[] sample = Place.sample(tokens);
                    if (!backward) {
                        Tensor[] out = Place.each(sets, () -> place.empty(1, tokens, heads, dim));
                        return new Ready(sets, set -> place.backend().qkNormRope(SPEC, x[set], weight, bias, positions, out[set]), () -> {
                            place.poison(out[0]);
                            place.backend().qkNormRope(SPEC, x[0], weight, bias, positions, out[0]);
                            Tensor expected = place.expected(1, sample.length, heads, dim);
                            place.oracle().qkNormRope(SPEC, tokens(place, x[0], sample), place.onHost(weight), place.onHost(bias),
                                    place.hostScope().of(sample, 1, sample.length), expected);
                            WrongResult.requireClose("qkNormRope", expected, tokens(place, out[0], sample), 4 * Precision.F32.bound());
                        });
                    }
                    Tensor[] dOut = Place.each(sets, () -> place.normal(1, tokens, heads, dim));
                    Tensor[] dX = Place.each(sets, () -> place.zeros(1, tokens, heads, dim));
                    Tensor dWeight = place.zeros(heads, dim);
                    Tensor dBias = place.zeros(heads, dim);
                    return new Ready(sets, set -> place.backend().qkNormRopeBackward(SPEC, x[set], weight, positions, dOut[set], dX[set], dWeight, dBias),
                            () -> {
                                place.backend().qkNormRopeBackward(SPEC, x[0], weight, positions, dOut[0], dX[0], dWeight, dBias);
                                Tensor expected = place.expectedZeros(1, sample.length, heads, dim);
                                place.oracle().qkNormRopeBackward(SPEC, tokens(place, x[0], sample), place.onHost(weight),
                                        place.hostScope().of(sample, 1, sample.length), tokens(place, dOut[0], sample), expected, null, null);
                                WrongResult.requireClose("qkNormRope's dX", expected, tokens(place, dX[0], sample), 4 * Precision.F32.bound());
                                checkWeights(place, x[0], weight, dOut[0], dWeight, dBias);
                            });
                });
    }

    private static Tensor tokens(Place place, Tensor x, int[] sample) {
        Tensor rows = place.rows(x.select(0, 0), sample);
        return rows.reshape(1, rows.dim(0), rows.dim(1), rows.dim(2));
    }

    /** Sums over all tokens, for one head: the oracle sees that head alone. */
    private static void checkWeights(Place place, Tensor x, Tensor weight, Tensor dOut, Tensor dWeight, Tensor dBias) {
        int head = x.size(2) - 1;
        long dim = x.dim(3);
        int[] places = new int[x.size(1)];
        Arrays.setAll(places, i -> i);
        Tensor expected = place.expectedZeros(1, dim);
        Tensor expectedBias = place.expectedZeros(1, dim);
        place.oracle().qkNormRopeBackward(SPEC, place.onHost(x.slice(2, head, head + 1)), place.rows(weight, head),
                place.hostScope().of(places, 1, places.length), place.onHost(dOut.slice(2, head, head + 1)), null, expected, expectedBias);
        WrongResult.requireClose("qkNormRope's dWeight", expected, place.rows(dWeight, head), 4 * Precision.F32.bound());
        WrongResult.requireClose("qkNormRope's dBias", expectedBias, place.rows(dBias, head), 4 * Precision.F32.bound());
    }
}
