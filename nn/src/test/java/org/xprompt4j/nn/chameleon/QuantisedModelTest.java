package org.xprompt4j.nn.chameleon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.nn.Checkpoint;
import org.xprompt4j.nn.QuantisedMatrix;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;

/** Matrices in eight bits stand for the weights to half a scale, and a model with them computes what their expansion computes. */
class QuantisedModelTest {
    private static final int SEQ = 9;
    private static final double BOUND = 1e-5; // of the largest logit

    private final Backend backend = Backends.open("cpu");
    private final MemoryScope scope = backend.openScope("test");

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        scope.close();
        backend.close();
    }

    @Test
    void weightsMoveByHalfAScaleAtMost() {
        Philox random = new Philox(3, 0);
        float[] weights = new float[37 * 53];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i / 53 == 5 ? 0 : random.nextGaussian() * (1 + i / 53);
        }
        QuantisedMatrix quantised = QuantisedMatrix.of(scope, scope.of(weights, 37, 53));
        assertThat(quantised.values().dtype()).isEqualTo(DType.I8);
        float[] scales = quantised.scales().toFloatArray();
        float[] numbers = quantised.values().toFloatArray();
        float[] again = quantised.expand(backend, scope).toFloatArray();
        assertThat(scales[5]).isZero();
        for (int i = 0; i < weights.length; i++) {
            assertThat(Math.abs(again[i] - weights[i])).as("seed 3, weight %d, scale %s", i, scales[i / 53]).isLessThanOrEqualTo(0.5001f * scales[i / 53]);
            assertThat(Math.abs(numbers[i])).isLessThanOrEqualTo(127);
        }
    }

    @Test
    void roundsToNearestEven() {
        float[] weights = {127, 0.5f, 1.5f, -2.5f, -126.5f, 3};
        assertThat(QuantisedMatrix.of(scope, scope.of(weights, 1, 6)).values().toFloatArray()).containsExactly(127, 0, 2, -2, -126, 3);
        assertThatThrownBy(() -> QuantisedMatrix.of(scope, scope.of(new float[] {1, Float.NaN}, 1, 2))).hasMessageContaining("cannot be quantised");
    }

    @Test
    void aQuantisedModelComputesWhatItsExpansionComputes() {
        for (int seed = 0; seed < 8; seed++) {
            Chameleon original = new Chameleon(TinyModels.random(new Philox(seed, 2)));
            original.initialise(scope, seed);
            ChameleonCheckpoint.save(folder, backend, original, DType.F32, Map.of());
            try (ChameleonCheckpoint checkpoint = ChameleonCheckpoint.open(folder)) {
                Chameleon quantised = checkpoint.model(backend, scope, Checkpoint.Weights.INT8);
                Chameleon expanded = checkpoint.model(backend, scope, Checkpoint.Weights.F32);
                int[] matrices = new int[1];
                quantised.forEachParameter((name, parameter) -> {
                    if (parameter.scales() != null) {
                        matrices[0]++;
                        expanded.parameters().get(name).bind(new QuantisedMatrix(parameter.value(), parameter.scales()).expand(backend, scope));
                    }
                });
                assertThat(matrices[0]).as("quantised matrices").isEqualTo(7 * original.config().layers() + (original.config().tieWordEmbeddings() ? 0 : 1));
                requireClose(logits(quantised, seed), logits(expanded, seed), "seed " + seed);
                assertThatThrownBy(() -> ChameleonCheckpoint.save(folder, backend, quantised, DType.F32, Map.of()))
                        .isInstanceOf(IllegalStateException.class).hasMessageContaining("quantised");
            }
        }
    }

    private float[] logits(Chameleon model, int seed) {
        Ops ops = new Ops(backend, scope);
        Tensor ids = scope.of(TinyModels.flat(TinyModels.ids(new Philox(seed, 5), 1, SEQ, model.config().vocabSize())), 1, SEQ);
        Pass pass = Pass.whole(scope.of(TinyModels.positions(1, SEQ), 1, SEQ), AttentionMask.causal(SEQ));
        return model.logits(ops, model.hidden(ops, model.embed(ops, ids), pass)).toFloatArray();
    }

    private static void requireClose(float[] actual, float[] expected, String what) {
        double largest = 0;
        double error = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            error = Math.max(error, Math.abs((double) actual[i] - expected[i]));
        }
        assertThat(error).as("%s: largest error %.3g, %.0f %% of the tolerance", what, error, 100 * error / (BOUND * largest))
                .isLessThanOrEqualTo(BOUND * largest);
    }
}
