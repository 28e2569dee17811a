package org.xprompt4j.nn.chameleon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xprompt4j.nn.GradientClipping;
import org.xprompt4j.nn.Initialisation;
import org.xprompt4j.nn.Parameter;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;

class ChameleonTest {
    private static final int SEQ = 9;
    private static final double GRADIENT_TOLERANCE = 2e-3; // of the norm over all gradients; losses are float32

    private final Backend backend = Backends.open("scalar");
    private final MemoryScope scope = backend.openScope("test");

    @AfterEach
    void close() {
        scope.close();
        backend.close();
    }

    private Chameleon model(ChameleonConfig config, int seed) {
        Chameleon model = new Chameleon(config);
        model.initialise(scope, seed);
        model.forEachParameter((name, parameter) -> { // norms and biases away from their first values, weights large enough to matter
            float[] noise = new float[(int) parameter.shape().numel()];
            float[] value = parameter.value().toFloatArray();
            for (int i = 0; i < noise.length; i++) {
                noise[i] = value[i] + 0.2f * Philox.normal(seed, Initialisation.stream(name) + 1, i);
            }
            parameter.value().set(noise);
        });
        return model;
    }

    private float loss(Chameleon model, int[][] ids, int[][] labels, Dropout dropout, boolean backward) {
        try (MemoryScope step = backend.openScope("step")) {
            Tape tape = new Tape(backend, step);
            model.watch(tape);
            Ops ops = new Ops(backend, step, tape);
            int batch = ids.length;
            AttentionMask mask = AttentionMask.segmented(new int[] {3, 2, SEQ - 5},
                    new boolean[][] {{true, false, false}, {true, true, false}, {false, true, true}});
            Tensor hidden = model.hidden(ops, model.embed(ops, step.of(TinyModels.flat(ids), batch, SEQ)),
                    Pass.training(step.of(TinyModels.positions(batch, SEQ), batch, SEQ), mask, dropout));
            Tensor loss = model.loss(ops, hidden, NextTokenLoss.of(step, labels, model.config().vocabSize()), 0.01f);
            if (backward) {
                tape.backward(loss);
            }
            return loss.item();
        }
    }

    /** Along the gradient of each parameter: its length against central differences of the loss. */
    @Test
    void gradientsAgainstDifferences() {
        double worst = 0;
        for (int seed = 0; seed < 6; seed++) {
            Philox random = new Philox(seed, 7);
            ChameleonConfig config = TinyModels.random(random, 4); // heads of two numbers are normed to signs, which have no slope
            Chameleon model = model(config, seed);
            model.allocateGradients(backend, scope);
            int[][] ids = TinyModels.ids(random, 2, SEQ, config.vocabSize());
            int[][] labels = TinyModels.ids(random, 2, SEQ, config.vocabSize());
            labels[0][3] = -100;
            labels[1][8] = -100;
            Dropout dropout = seed % 2 == 0 ? Dropout.NONE : new Dropout(0.3f, 5, seed);
            loss(model, ids, labels, dropout, true);
            double norm = GradientClipping.norm(backend, model);
            for (Map.Entry<String, Parameter> entry : model.parameters().entrySet()) {
                Parameter parameter = entry.getValue();
                double slope = Math.sqrt(backend.sumOfSquares(parameter.gradient()));
                double step = 2e-3;
                double differences = (moved(model, parameter, step, ids, labels, dropout)
                        - moved(model, parameter, -step, ids, labels, dropout)) / (2 * step);
                double share = Math.abs(slope - differences) / (GRADIENT_TOLERANCE * norm);
                worst = Math.max(worst, share);
                assertThat(share).as("seed %d, %s: gradient %g, differences %g, whole norm %g, worst so far %.2f of the tolerance; swin %s, tied %s",
                        seed, entry.getKey(), slope, differences, norm, worst, config.swinNorm(), config.tieWordEmbeddings()).isLessThan(1);
            }
        }
    }

    /** The loss after a step along a parameter's gradient of that length, which is undone. */
    private double moved(Chameleon model, Parameter parameter, double step, int[][] ids, int[][] labels, Dropout dropout) {
        float[] start = parameter.value().toFloatArray();
        float[] gradient = parameter.gradient().toFloatArray();
        double length = Math.sqrt(backend.sumOfSquares(parameter.gradient()));
        float[] value = start.clone();
        for (int i = 0; i < value.length; i++) {
            value[i] += (float) (step * gradient[i] / Math.max(length, 1e-30));
        }
        parameter.value().set(value);
        double loss = loss(model, ids, labels, dropout, false);
        parameter.value().set(start);
        return loss;
    }

    @Test
    void dropoutIsAFunctionOfSeedAndPass() {
        Chameleon model = model(ChameleonConfig.of(20, 12, 10, 2, 3, 3), 1);
        model.allocateGradients(backend, scope);
        int[][] ids = TinyModels.ids(new Philox(1, 1), 1, SEQ, 20);
        float first = loss(model, ids, ids, new Dropout(0.2f, 3, 0), false);
        assertThat(loss(model, ids, ids, new Dropout(0.2f, 3, 0), false)).isEqualTo(first);
        assertThat(loss(model, ids, ids, new Dropout(0.2f, 3, 1), false)).isNotEqualTo(first);
        assertThat(loss(model, ids, ids, new Dropout(0.2f, 4, 0), false)).isNotEqualTo(first);
    }

    @Test
    void prefillInPartsAndStepsEqualOnePass() {
        for (int seed = 0; seed < 6; seed++) {
            Philox random = new Philox(seed, 8);
            ChameleonConfig config = TinyModels.random(random);
            Chameleon model = model(config, seed);
            Ops ops = new Ops(backend, scope);
            int[][] ids = TinyModels.ids(random, 2, SEQ, config.vocabSize());
            Tensor all = scope.of(TinyModels.flat(ids), 2, SEQ);
            float[] whole = model.lastLogits(ops, model.hidden(ops, model.embed(ops, all),
                    Pass.whole(scope.of(TinyModels.positions(2, SEQ), 2, SEQ), AttentionMask.causal(SEQ)))).toFloatArray();
            KvCache cache = new KvCache(backend, scope, config, 2, SEQ);
            model.prefill(ops, ops.contiguous(all.slice(1, 0, 4)), cache);
            model.prefill(ops, ops.contiguous(all.slice(1, 4, 7)), cache);
            model.step(ops, scope.of(new int[] {ids[0][7], ids[1][7]}, 2), cache);
            float[] stepped = model.step(ops, scope.of(new int[] {ids[0][8], ids[1][8]}, 2), cache).toFloatArray();
            float scale = 0;
            for (float x : whole) {
                scale = Math.max(scale, Math.abs(x));
            }
            assertThat(stepped).as("seed %d, %s", seed, config).containsExactly(whole, within(1e-5f * scale));
            assertThat(cache.length(1)).isEqualTo(SEQ);
        }
    }

    @Test
    void cacheGuardsItsRoom() {
        ChameleonConfig config = ChameleonConfig.of(20, 12, 10, 2, 3, 3);
        Chameleon model = model(config, 1);
        Ops ops = new Ops(backend, scope);
        KvCache cache = new KvCache(backend, scope, config, 2, 4);
        assertThatThrownBy(() -> model.prefill(ops, scope.of(new int[10], 2, 5), cache)).hasMessageContaining("do not fit");
        model.prefill(ops, scope.of(new int[3], 1, 3), cache.rows(0, 1));
        assertThatThrownBy(() -> model.prefill(ops, scope.of(new int[2], 2, 1), cache)).hasMessageContaining("equal length");
        cache.copyRow(0, 1);
        float[] logits = model.prefill(ops, scope.of(new int[2], 2, 1), cache).toFloatArray();
        assertThat(Arrays.copyOfRange(logits, 0, 20)).isEqualTo(Arrays.copyOfRange(logits, 20, 40));
        assertThatThrownBy(() -> model.step(ops, scope.of(new int[2], 2), cache)).hasMessageContaining("4 of 4");
        Ops training = new Ops(backend, scope, new Tape(backend, scope));
        cache.truncate(0, 0, 0);
        assertThatThrownBy(() -> model.prefill(training, scope.of(new int[1], 1, 1), cache.rows(0, 1))).hasMessageContaining("gradients");
    }

    @Test
    void imageTokensFromAnyVocabulary() {
        assertThat(ImageTokens.name(27)).isEqualTo("IMGIMGCHZ");
        Map<String, Integer> vocabulary = new HashMap<>(Map.of("<s>", 0, "<racm3:break>", 9, "<eoss>", 3, "<reserved09100>", 8));
        vocabulary.putAll(Map.of(ImageTokens.name(0), 7, ImageTokens.name(1), 2, ImageTokens.name(2), 1, ImageTokens.name(3), 6));
        ImageTokens tokens = new ImageTokens(vocabulary, 10, "config.json");
        assertThat(tokens.toIds(new int[] {0, 1, 2, 3})).containsExactly(7, 2, 1, 6);
        assertThat(tokens.toCodes(new int[] {6, 7})).containsExactly(3, 0);
        assertThat(tokens.code(0)).isEqualTo(-1);
        assertThat(tokens.isContiguous()).isFalse();
        assertThat(tokens.require(ImageTokens.BOI)).isEqualTo(9);
        assertThat(tokens.reserved(9100)).hasValue(8);
        assertThatThrownBy(() -> tokens.require(ImageTokens.SEP)).isInstanceOf(InvalidInput.class).hasMessageContaining("<reserved08706>");
        Tensor logits = scope.of(new float[10], 10);
        tokens.suppress(backend, logits);
        float lowest = -Float.MAX_VALUE;
        assertThat(logits.toFloatArray()).containsExactly(0, lowest, lowest, 0, 0, 0, lowest, lowest, 0, 0);

        vocabulary.remove(ImageTokens.name(2));
        assertThatThrownBy(() -> new ImageTokens(vocabulary, 10, "config.json")).isInstanceOf(InvalidInput.class).hasMessageContaining("not code 2");
        vocabulary.put(ImageTokens.name(2), 7);
        assertThatThrownBy(() -> new ImageTokens(vocabulary, 10, "config.json")).hasMessageContaining("twice");
        assertThatThrownBy(() -> new ImageTokens(Map.of("a", 1), 10, "config.json")).hasMessageContaining("no image tokens");
    }

    @Test
    void labelsArePredictedOnePositionBefore() {
        NextTokenLoss labels = NextTokenLoss.of(scope, new int[][] {{5, -100, 6}, {-100, 7, -100}}, 8);
        assertThat(labels.counted()).isEqualTo(2);
        assertThat(labels.rows().toIntArray()).containsExactly(1, 3);
        assertThat(labels.targets().toIntArray()).containsExactly(6, 7);
        assertThatThrownBy(() -> NextTokenLoss.of(scope, new int[][] {{0, 8}}, 8)).hasMessageContaining("label 8");
        assertThatThrownBy(() -> NextTokenLoss.of(scope, new int[][] {{3, -100}}, 8)).hasMessageContaining("no label");
    }
}
