package org.xprompt4j.bench.gpu.work;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.Tensor;

/** The parts of a Muon step around its products: bound by memory. */
final class MuonWork {
    private static final float BETA = 0.95f;

    private MuonWork() {
    }

    static GpuWork direction(int rows, int columns) {
        double numbers = (double) rows * columns;
        return new GpuWork("muon-direction.forward", rows + "x" + columns, Precision.F32, 5 * numbers, 16 * numbers, place -> {
            int sets = place.sets(16 * numbers);
            Tensor[] gradient = Place.each(sets, () -> place.normal(rows, columns));
            Tensor[] momentum = Place.each(sets, () -> place.normal(rows, columns));
            Tensor[] out = Place.each(sets, () -> place.empty(rows, columns));
            Tensor factor = place.empty(1).set(0.5f);
            return new Ready(sets, set -> place.backend().muonDirection(BETA, gradient[set], factor, momentum[set], out[set]), () -> {
                int[] sample = Place.sample(rows);
                Tensor expectedMomentum = place.rows(momentum[0], sample);
                Tensor expected = place.expected(sample.length, columns);
                place.oracle().muonDirection(BETA, place.rows(gradient[0], sample), place.onHost(factor), expectedMomentum, expected);
                place.poison(out[0]);
                place.backend().muonDirection(BETA, gradient[0], factor, momentum[0], out[0]);
                WrongResult.requireClose("muonDirection", expected, place.rows(out[0], sample), Precision.F32.bound());
                WrongResult.requireClose("muonDirection's momentum", expectedMomentum, place.rows(momentum[0], sample), Precision.F32.bound());
            });
        });
    }

    static GpuWork step(int rows, int columns) {
        double numbers = (double) rows * columns;
        return new GpuWork("muon-step.forward", rows + "x" + columns, Precision.F32, 3 * numbers, 12 * numbers, place -> {
            int sets = place.sets(12 * numbers);
            Tensor[] update = Place.each(sets, () -> place.normal(rows, columns));
            Tensor[] weight = Place.each(sets, () -> place.normal(rows, columns));
            Tensor factor = place.empty(1).set(0.5f);
            return new Ready(sets, set -> place.backend().muonStep(0.99f, -0.02f, update[set], factor, weight[set]), () -> {
                int[] sample = Place.sample(rows);
                Tensor expected = place.rows(weight[0], sample);
                place.oracle().muonStep(0.99f, -0.02f, place.rows(update[0], sample), place.onHost(factor), expected);
                place.backend().muonStep(0.99f, -0.02f, update[0], factor, weight[0]);
                WrongResult.requireClose("muonStep", expected, place.rows(weight[0], sample), Precision.F32.bound());
            });
        });
    }
}
