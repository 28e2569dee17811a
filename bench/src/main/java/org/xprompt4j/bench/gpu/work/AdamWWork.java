package org.xprompt4j.bench.gpu.work;

import java.util.Map;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AdamWSpec;
import org.xprompt4j.tensor.op.UnaryOp;

/** The optimiser over one flat buffer: four tensors read, three written. */
final class AdamWWork {
    private static final AdamWSpec SPEC = new AdamWSpec(1e-4f, 0.9f, 0.95f, 1e-8f, 0.1f, 3);
    private static final int CHECKED = 64; // elements at both ends

    private AdamWWork() {
    }

    static GpuWork of(int numbers) {
        return new GpuWork("adamw.step", Integer.toString(numbers), Precision.F32, 12.0 * numbers, 28.0 * numbers, place -> {
            int sets = place.sets(28.0 * numbers);
            Tensor[] weight = Place.each(sets, () -> place.normal(numbers));
            Tensor[] gradient = Place.each(sets, () -> place.normal(numbers));
            Tensor[] first = Place.each(sets, () -> place.normal(numbers));
            Tensor[] second = Place.each(sets, () -> squares(place, numbers));
            Tensor factor = place.empty(1).set(0.5f);
            return new Ready(sets, set -> place.backend().adamW(SPEC, weight[set], gradient[set], first[set], second[set], factor), () -> {
                for (int from : new int[] {0, Math.max(0, numbers - CHECKED)}) {
                    int to = Math.min(numbers, from + CHECKED);
                    Tensor w = place.onHost(weight[0].slice(0, from, to));
                    Tensor m = place.onHost(first[0].slice(0, from, to));
                    Tensor v = place.onHost(second[0].slice(0, from, to));
                    place.oracle().adamW(SPEC, w, place.onHost(gradient[0].slice(0, from, to)), m, v, place.onHost(factor));
                    place.backend().adamW(SPEC, weight[0], gradient[0], first[0], second[0], factor);
                    WrongResult.requireClose("adamW's weight", w, place.onHost(weight[0].slice(0, from, to)), Precision.F32.bound());
                    WrongResult.requireClose("adamW's first moment", m, place.onHost(first[0].slice(0, from, to)), Precision.F32.bound());
                    WrongResult.requireClose("adamW's second moment", v, place.onHost(second[0].slice(0, from, to)), Precision.F32.bound());
                }
            });
        }).against("adamw", Map.of("numbers", numbers));
    }

    /** Second moments are not negative. */
    private static Tensor squares(Place place, int numbers) {
        Tensor x = place.normal(numbers);
        place.backend().unary(UnaryOp.SQUARE, x, x);
        return x;
    }
}
