package org.xprompt4j.bench.gpu.work;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.Tensor;

/** What Muon makes orthogonal, from gradient and momentum: bound by memory. */
final class MuonWork {
    private static final float BETA = 0.95f;

    private MuonWork() {
    }

    static GpuWork of(int rows, int columns) {
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
}
