package org.xprompt4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;

class MuonTest {
    /** A module of one matrix. */
    private static final class One extends Module {
        private final Parameter weight;

        One(int rows, int columns) {
            weight = matrix("weight", Initialisation.normal(0.5f), rows, columns);
        }
    }

    @Test
    void singularValuesOfTheUpdateAreNearOne() {
        for (int[] size : new int[][] {{7, 13}, {13, 7}, {8, 8}, {1, 5}, {5, 1}}) {
            try (Backend backend = Backends.open("scalar"); MemoryScope scope = backend.openScope("test")) {
                One module = new One(size[0], size[1]);
                module.initialise(scope, 1);
                module.allocateGradients(backend, scope);
                float[] g = new float[size[0] * size[1]];
                for (int i = 0; i < g.length; i++) {
                    g[i] = Philox.normal(3, size[0], i);
                }
                Muon muon = new Muon(backend, scope, module, name -> true, 0.95f, 0);
                Tensor update = scope.allocate(DType.F32, size[0], size[1]);
                muon.orthogonal(scope, scope.of(g, size[0], size[1]), update);
                float[] u = update.toFloatArray();
                // Row (or column) Gram matrix: eigenvalues are squared singular values, their mean is trace / n.
                double trace = 0;
                for (float v : u) {
                    trace += v * v;
                }
                // The quintic's iterates of (0, 1] end between 0.68 and 1.21 (Jordan et al., figure of the coefficients).
                double root = Math.sqrt(trace / Math.min(size[0], size[1]));
                assertThat(root).as("root mean square singular value of %dx%d", size[0], size[1]).isBetween(0.65, 1.25);
            }
        }
    }

    @Test
    void pullsAMatrixToItsTargetAndResumesExactly() {
        try (Backend backend = Backends.open("scalar"); MemoryScope scope = backend.openScope("test")) {
            One module = new One(4, 6);
            module.initialise(scope, 1);
            module.allocateGradients(backend, scope);
            Muon muon = new Muon(backend, scope, module, name -> true, 0.9f, 0);
            double before = distance(module);
            for (int step = 0; step < 200; step++) {
                gradientOfSquare(backend, module);
                muon.step(0.02f * (1 - step / 200f), 1);
            }
            assertThat(distance(module)).isLessThan(before / 10);
            One copy = new One(4, 6);
            copy.initialise(scope, 2);
            copy.allocateGradients(backend, scope);
            backend.copy(module.weight.value(), copy.weight.value());
            Muon resumed = new Muon(backend, scope, copy, name -> true, 0.9f, 0);
            resumed.load(muon.state()::get, "memory");
            for (One each : new One[] {module, copy}) {
                gradientOfSquare(backend, each);
                (each == module ? muon : resumed).step(0.01f, 1);
            }
            assertThat(copy.weight.value().toFloatArray()).containsExactly(module.weight.value().toFloatArray());
        }
    }

    private static void gradientOfSquare(Backend backend, One module) {
        backend.copy(module.weight.value(), module.weight.gradient());
    }

    private static double distance(One module) {
        double sum = 0;
        for (float v : module.weight.value().toFloatArray()) {
            sum += v * v;
        }
        return Math.sqrt(sum);
    }
}
