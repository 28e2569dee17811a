package org.xprompt4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;

class OptimiserTest {
    private final Backend backend = Backends.open("scalar");
    private final MemoryScope scope = backend.openScope("test");

    @AfterEach
    void close() {
        scope.close();
        backend.close();
    }

    private static final class Pair extends Module {
        final Parameter matrix = matrix("matrix", Initialisation.normal(0.5f), 5, 3);
        final Parameter vector = vector("vector", Initialisation.ones(), 4);
    }

    private Pair pair() {
        Pair pair = new Pair();
        pair.initialise(scope, 11);
        pair.allocateGradients(backend, scope);
        return pair;
    }

    private static void setGradients(Pair pair, int step) {
        pair.forEachParameter((name, parameter) -> {
            float[] gradient = new float[(int) parameter.shape().numel()];
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = Philox.normal(5, step, i + gradient.length);
            }
            parameter.gradient().set(gradient);
        });
    }

    @Test
    void stepsAsTheFormulaInFloat64() {
        Pair pair = pair();
        float[] before = pair.matrix.value().toFloatArray();
        AdamW optimiser = new AdamW(backend, scope, pair, new AdamW.Settings(0.9f, 0.95f, 1e-8f, 0.1f, 0));
        double[] w = new double[before.length];
        double[] m = new double[before.length];
        double[] v = new double[before.length];
        for (int i = 0; i < w.length; i++) {
            w[i] = before[i];
        }
        for (int step = 1; step <= 3; step++) {
            setGradients(pair, step);
            float[] gradient = pair.matrix.gradient().toFloatArray();
            optimiser.step(1e-2f, 0.5f);
            for (int i = 0; i < w.length; i++) {
                double g = gradient[i] * 0.5;
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.95 * v[i] + 0.05 * g * g;
                w[i] *= 1 - 1e-2 * 0.1;
                w[i] -= 1e-2 * (m[i] / (1 - Math.pow(0.9, step))) / (Math.sqrt(v[i] / (1 - Math.pow(0.95, step))) + 1e-8);
            }
        }
        float[] after = pair.matrix.value().toFloatArray();
        for (int i = 0; i < w.length; i++) {
            assertThat((double) after[i]).as("weight %d", i).isCloseTo(w[i], within(2e-7));
        }
    }

    @Test
    void decaysMatricesOnly() {
        Pair pair = pair();
        float[] matrix = pair.matrix.value().toFloatArray();
        AdamW optimiser = new AdamW(backend, scope, pair, AdamW.Settings.standard());
        optimiser.step(0.1f, 1); // gradients are zero: decay is all that happens
        assertThat(pair.vector.value().toFloatArray()).containsOnly(1f);
        assertThat(pair.matrix.value().toFloatArray()[0]).isCloseTo(matrix[0] * 0.99f, within(1e-7f));
    }

    @Test
    void resumedRunEqualsUnbrokenRunBitForBit() {
        Pair unbroken = pair();
        AdamW first = new AdamW(backend, scope, unbroken, AdamW.Settings.standard());
        Map<String, Tensor> stored = new HashMap<>();
        Pair resumed = pair();
        for (int step = 0; step < 6; step++) {
            if (step == 3) {
                first.state().forEach((name, tensor) -> stored.put(name, copy(tensor)));
                unbroken.parameters().forEach((name, p) -> backend.copy(p.value(), resumed.parameters().get(name).value()));
            }
            setGradients(unbroken, step);
            first.step(1e-2f, 1);
        }
        AdamW second = new AdamW(backend, scope, resumed, AdamW.Settings.standard());
        second.load(stored::get, "state.safetensors");
        assertThat(second.steps()).isEqualTo(3);
        for (int step = 3; step < 6; step++) {
            setGradients(resumed, step);
            second.step(1e-2f, 1);
        }
        assertThat(resumed.matrix.value().toFloatArray()).isEqualTo(unbroken.matrix.value().toFloatArray());
        assertThat(resumed.vector.value().toFloatArray()).isEqualTo(unbroken.vector.value().toFloatArray());

        stored.remove("v.vector");
        assertThatThrownBy(() -> second.load(stored::get, "state.safetensors")).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("state.safetensors").hasMessageContaining("'v.vector'");
    }

    private Tensor copy(Tensor x) {
        Tensor out = scope.allocate(x.dtype(), x.shape());
        backend.copy(x, out);
        return out;
    }

    @Test
    void frozenParametersStay() {
        Pair pair = pair();
        pair.vector.freeze();
        AdamW optimiser = new AdamW(backend, scope, pair, AdamW.Settings.standard());
        assertThat(optimiser.state()).containsOnlyKeys("step", "m.matrix", "v.matrix");
    }

    @Test
    void clipsByOneNormOverAll() {
        Pair pair = pair();
        pair.matrix.gradient().set(new float[] {3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        pair.vector.gradient().set(new float[] {0, 4, 0, 0});
        assertThat(GradientClipping.norm(backend, pair)).isCloseTo(5, within(1e-12));
        assertThat(GradientClipping.scale(5, 1)).isCloseTo(0.2f, within(1e-7f));
        assertThat(GradientClipping.scale(0.5, 1)).isEqualTo(1);
        assertThat(GradientClipping.scale(5, 0)).isEqualTo(1);
    }

    @Test
    void schedules() {
        LearningRate cosine = LearningRate.cosine(1e-3f, 1e-4f, 4, 14);
        assertThat(cosine.at(0)).isEqualTo(2.5e-4f);
        assertThat(cosine.at(3)).isEqualTo(1e-3f);
        assertThat(cosine.at(4)).isEqualTo(1e-3f);
        assertThat(cosine.at(13)).isCloseTo(1e-4f, within(1e-9f));
        assertThat(cosine.at(100)).isCloseTo(1e-4f, within(1e-9f));
        assertThat(LearningRate.list(1, 2).at(7)).isEqualTo(2);
        assertThat(LearningRate.constant(3).at(7)).isEqualTo(3);
        assertThatThrownBy(() -> LearningRate.cosine(1, 2, 0, 10)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void firstValuesDependOnSeedAndNameAlone() {
        Tensor a = scope.allocate(DType.F32, 300, 300);
        Initialisation.normal(0.02f).fill(a, 1, "model.norm.weight");
        float[] values = a.toFloatArray();
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
        }
        assertThat(sum / values.length).isCloseTo(0, within(2e-4));
        assertThat(Math.sqrt(squares / values.length)).isCloseTo(0.02, within(2e-4));
        Tensor b = scope.allocate(DType.F32, 90_000);
        Initialisation.normal(0.02f).fill(b, 1, "model.norm.weight");
        assertThat(b.toFloatArray()).isEqualTo(values);
        Initialisation.normal(0.02f).fill(b, 1, "model.other.weight");
        assertThat(b.toFloatArray()).isNotEqualTo(values);
        assertThat(Initialisation.stream("a")).isEqualTo(0xaf63dc4c8601ec8cL); // FNV-1a's published value
    }

    @Test
    void namesAreUniqueAndOrdered() {
        Pair pair = pair();
        assertThat(pair.parameters().keySet()).containsExactly("matrix", "vector");
        assertThat(pair.parameterCount()).isEqualTo(19);
        assertThatThrownBy(() -> pair.matrix("vector", Initialisation.zeros(), 1, 1)).hasMessageContaining("'vector'");
    }
}
