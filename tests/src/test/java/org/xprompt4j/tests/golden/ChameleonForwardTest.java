package org.xprompt4j.tests.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.xprompt4j.tests.golden.Closeness.assertClose;

import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xprompt4j.nn.Checkpoint;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.GreedyDecoder;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.nn.chameleon.KvCache;
import org.xprompt4j.nn.chameleon.Pass;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;

/** Hidden states, logits and greedy decoding against Hugging Face's Chameleon; the two-stage run against the masked one. */
class ChameleonForwardTest {
    private static final double TOLERANCE = 1e-5; // of the largest magnitude of the tensor

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("org.xprompt4j.tests.golden.GoldenFolder#everywhere")
    void hiddenStatesAndLogits(String device, String folder) {
        try (GoldenFolder golden = new GoldenFolder(device, folder)) {
            Chameleon model = golden.model;
            Pass pass = Pass.whole(golden.positions(), AttentionMask.causal(golden.seq));
            List<Tensor> states = model.hiddenStates(golden.ops, model.embed(golden.ops, golden.ids()), pass);
            assertThat(states).hasSize(model.config().layers() + 1);
            for (int i = 0; i < states.size(); i++) {
                assertClose("hidden_" + i, states.get(i), golden.io.tensor("causal.hidden_" + i), TOLERANCE);
            }
            assertClose("last hidden", states.getLast(), golden.io.tensor("causal.last_hidden_state"), TOLERANCE);
            Tensor logits = model.logits(golden.ops, states.getLast());
            assertClose("raw logits", logits, golden.io.tensor("causal.logits_raw"), TOLERANCE);
            assertTextOnly(golden, logits);
        }
    }

    /** Suppressed logits are exactly the lowest float; the scale of the others must not hide behind that value. */
    private static void assertTextOnly(GoldenFolder golden, Tensor logits) {
        ImageTokens.of(golden.model.config()).suppress(golden.backend, logits);
        float[] actual = logits.toFloatArray();
        float[] expected = golden.io.tensor("causal.logits_text_only").toFloatArray();
        for (int i = 0; i < actual.length; i++) {
            if (expected[i] == -Float.MAX_VALUE) {
                assertThat(actual[i]).isEqualTo(expected[i]);
                actual[i] = 0;
                expected[i] = 0;
            }
        }
        assertClose("text-only logits", actual, expected, TOLERANCE);
    }

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("org.xprompt4j.tests.golden.GoldenFolder#everywhere")
    void logitsUnderTheMask(String device, String folder) {
        try (GoldenFolder golden = new GoldenFolder(device, folder)) {
            AttentionMask mask = golden.xpromptMask();
            int[] expectedMask = golden.io.tensor("xprompt.mask").toIntArray();
            for (int i = 0; i < expectedMask.length; i++) {
                assertThat(mask.allows(i / golden.seq, i % golden.seq) ? 1 : 0).as("mask element %d", i).isEqualTo(expectedMask[i]);
            }
            Tensor hidden = golden.model.hidden(golden.ops, golden.model.embed(golden.ops, golden.ids()),
                    Pass.whole(golden.positions(), mask));
            assertClose("logits", golden.model.logits(golden.ops, hidden), golden.io.tensor("xprompt.logits_raw"), TOLERANCE);
        }
    }

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("org.xprompt4j.tests.golden.GoldenFolder#everywhere")
    void twoStagesEqualOnePass(String device, String folder) {
        try (GoldenFolder golden = new GoldenFolder(device, folder)) {
            Chameleon model = golden.model;
            int xp = golden.length("IE");
            int td = xp + golden.length("XP");
            int todo = golden.seq - td;
            Tensor expected = golden.io.tensor("xprompt.logits_raw").slice(1, td, golden.seq);

            KvCache example = new KvCache(golden.backend, golden.scope, model.config(), golden.batch, td);
            model.fillCache(golden.ops, model.embed(golden.ops, golden.ids(0, td)),
                    Pass.prefill(golden.positions(0, td), AttentionMask.causal(td), example));
            KvCache cache = new KvCache(golden.backend, golden.scope, model.config(), golden.batch, td - xp + todo);
            for (int row = 0; row < golden.batch; row++) {
                cache.seed(row, example.extract(golden.scope, row, xp, td), td);
            }
            assertThat(cache.length(0)).isEqualTo(td - xp);
            assertThat(cache.nextPosition(0)).isEqualTo(td);

            Tensor hidden = model.hidden(golden.ops, model.embed(golden.ops, golden.ids(td, golden.seq)),
                    Pass.prefill(cache.nextPositions(golden.scope, todo), AttentionMask.causal(todo, td - xp + todo), cache));
            assertClose("prefilled TD", model.logits(golden.ops, hidden), expected, TOLERANCE);

            for (int row = 0; row < golden.batch; row++) {
                cache.truncate(row, td - xp, td);
            }
            for (int i = 0; i < todo; i++) {
                Tensor ids = golden.ids(td + i, td + i + 1).reshape(golden.batch);
                assertClose("decoded TD, token " + i, model.step(golden.ops, ids, cache), expected.select(1, i), TOLERANCE);
            }
        }
    }

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("org.xprompt4j.tests.golden.GoldenFolder#everywhere")
    void rowsOfUnequalLengthDecodeTogether(String device, String folder) {
        try (GoldenFolder golden = new GoldenFolder(device, folder)) {
            Chameleon model = golden.model;
            Tensor expected = golden.io.tensor("causal.logits_raw");
            KvCache cache = new KvCache(golden.backend, golden.scope, model.config(), golden.batch, golden.seq);
            int[] lengths = {9, 14};
            for (int row = 0; row < golden.batch; row++) {
                KvCache one = cache.rows(row, row + 1);
                Tensor ids = golden.ids(0, lengths[row]).slice(0, row, row + 1);
                Tensor logits = model.prefill(golden.ops, ids, one);
                assertClose("row " + row, logits, expected.slice(0, row, row + 1).select(1, lengths[row] - 1), TOLERANCE);
            }
            int[][] ids = golden.rows("input_ids");
            for (int i = 0; i < 5; i++) {
                Tensor logits = model.step(golden.ops, golden.scope.of(new int[] {ids[0][9 + i], ids[1][14 + i]}, 2), cache);
                for (int row = 0; row < golden.batch; row++) {
                    assertClose("row " + row + ", step " + i, logits.select(0, row),
                            expected.select(0, row).select(0, lengths[row] + i), TOLERANCE);
                }
            }
        }
    }

    /** In the decode regime a row's logits are the same bits, whatever rows are computed beside it. */
    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("org.xprompt4j.tests.golden.GoldenFolder#everywhere")
    void decodedRowsDoNotDependOnTheirNeighbours(String device, String folder) {
        try (GoldenFolder golden = new GoldenFolder(device, folder)) {
            Chameleon model = golden.model;
            int rows = 5;
            KvCache prompt = new KvCache(golden.backend, golden.scope, model.config(), golden.batch, 12);
            model.prefill(golden.ops, golden.ids(0, 12), prompt);
            KvCache cache = new KvCache(golden.backend, golden.scope, model.config(), rows, 13);
            int[] ids = new int[rows];
            for (int row = 0; row < rows; row++) {
                int from = row % golden.batch;
                cache.seed(row, prompt.extract(golden.scope, from, row, 12), 12); // rows of unequal length
                ids[row] = (golden.rows("input_ids")[from][12] + row) % model.config().vocabSize();
            }
            float[] together = model.step(golden.ops, golden.scope.of(ids, rows), cache).toFloatArray();
            int vocab = model.config().vocabSize();
            for (int row = 0; row < rows; row++) {
                cache.truncate(row, 12 - row, 12);
                float[] alone = model.step(golden.ops, golden.scope.of(new int[] {ids[row]}, 1), cache.rows(row, row + 1)).toFloatArray();
                assertThat(alone).as("row %d", row).isEqualTo(Arrays.copyOfRange(together, row * vocab, (row + 1) * vocab));
            }
        }
    }

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("org.xprompt4j.tests.golden.GoldenFolder#everywhere")
    void greedyDecoding(String device, String folder) {
        try (GoldenFolder golden = new GoldenFolder(device, folder)) {
            ImageTokens images = ImageTokens.of(golden.model.config());
            int[][] prompts = new int[golden.batch][];
            for (int row = 0; row < golden.batch; row++) {
                prompts[row] = Arrays.copyOf(golden.rows("input_ids")[row], 16);
            }
            assertThat(GreedyDecoder.decode(golden.backend, golden.model, prompts, 24, logits -> { })).as("raw")
                    .isDeepEqualTo(golden.rows("greedy.raw"));
            assertThat(GreedyDecoder.decode(golden.backend, golden.model, prompts, 24, logits -> images.suppress(golden.backend, logits)))
                    .as("text only").isDeepEqualTo(golden.rows("greedy.text_only"));
        }
    }

    /** Eight bits of fraction in every weight: two layers stay within a few per cent of the largest logit. */
    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("org.xprompt4j.tests.golden.GoldenFolder#everywhere")
    void bfloat16Weights(String device, String folder) {
        try (GoldenFolder golden = new GoldenFolder(device, folder)) {
            Chameleon model = golden.checkpoint.model(golden.backend, golden.scope, Checkpoint.Weights.BF16);
            Tensor hidden = model.hidden(golden.ops, model.embed(golden.ops, golden.ids()),
                    Pass.whole(golden.positions(), AttentionMask.causal(golden.seq)));
            assertClose("logits", model.logits(golden.ops, hidden), golden.io.tensor("causal.logits_raw"), 0.02);
        }
    }

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("org.xprompt4j.tests.golden.GoldenFolder#everywhere")
    void mappedWeightsGiveTheSameBits(String device, String folder) {
        try (GoldenFolder golden = new GoldenFolder(device, folder)) {
            Chameleon mapped = golden.checkpoint.mappedModel();
            Pass pass = Pass.whole(golden.positions(), AttentionMask.causal(golden.seq));
            float[] copied = golden.model.hidden(golden.ops, golden.model.embed(golden.ops, golden.ids()), pass).toFloatArray();
            assertThat(mapped.hidden(golden.ops, mapped.embed(golden.ops, golden.ids()), pass).toFloatArray()).isEqualTo(copied);
        }
    }
}
