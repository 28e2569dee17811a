package org.xprompt4j.xprompt.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xprompt4j.nn.chameleon.NextTokenLoss;
import org.xprompt4j.nn.chameleon.Pass;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.xprompt.TinyModel;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.prompt.Exchange;
import org.xprompt4j.xprompt.prompt.LossSpan;
import org.xprompt4j.xprompt.prompt.Part;
import org.xprompt4j.xprompt.prompt.PromptLayout;

/** Sequences that stand in one row are computed as if each stood alone. */
class TokenBatchTest {
    private static final double BOUND = 1e-5; // of the largest logit

    private static List<PromptLayout> layouts(TinyModel tiny) {
        int[] words = {1, 3, 2, 1, 1};
        List<PromptLayout> out = new ArrayList<>();
        ContextMode[] modes = {ContextMode.COMPRESSED, ContextMode.NONE, ContextMode.COMPRESSED, ContextMode.FULL};
        for (int i = 0; i < modes.length; i++) {
            Exchange example = TinyModel.pair(i).withWords(Arrays.copyOf(words, i));
            Exchange job = TinyModel.pair(10 + i).withWords(Arrays.copyOf(words, (3 * i) % 5));
            List<Exchange> examples = modes[i] == ContextMode.NONE ? List.of() : i == 2 ? List.of(example, TinyModel.pair(30)) : List.of(example);
            out.add(PromptLayout.training(tiny.tokens(), modes[i], tiny.config.arrangement(), LossSpan.ANSWER, examples, job));
        }
        out.add(PromptLayout.training(tiny.tokens(), ContextMode.COMPRESSED, tiny.config.arrangement(), LossSpan.ANSWER, List.of(TinyModel.pair(5)),
                new Exchange(List.of(new Part.Image(TinyModel.codes(50)), new Part.Image(TinyModel.codes(51))), List.of(new Part.Text(words)))));
        return out;
    }

    @Test
    void packedSequencesDoNotSeeEachOther() {
        for (Arrangement arrangement : Arrangement.values()) {
            try (TinyModel tiny = new TinyModel(4, arrangement); MemoryScope scope = tiny.backend.openScope("test")) {
                List<PromptLayout> layouts = layouts(tiny);
                float[] packed = logits(tiny, scope, layouts);
                int vocab = tiny.chameleon.config().vocabSize();
                int at = 0;
                double largest = 0;
                double error = 0;
                for (PromptLayout layout : layouts) {
                    for (float expected : logits(tiny, scope, List.of(layout))) {
                        largest = Math.max(largest, Math.abs(expected));
                        error = Math.max(error, Math.abs(expected - packed[at++]));
                    }
                }
                assertThat(at).isEqualTo(packed.length).isEqualTo(vocab * layouts.stream().mapToInt(PromptLayout::length).sum());
                assertThat(error).as("largest error %.3g, %.0f %% of the bound", error, 100 * error / (BOUND * largest)).isLessThanOrEqualTo(BOUND * largest);
            }
        }
    }

    private static float[] logits(TinyModel tiny, MemoryScope scope, List<PromptLayout> layouts) {
        Ops ops = new Ops(tiny.backend, scope);
        TokenBatch batch = TokenBatch.of(scope, layouts);
        return tiny.chameleon.logits(ops, tiny.chameleon.hidden(ops, tiny.chameleon.embed(ops, batch.ids()), Pass.whole(batch.positions(), batch.mask())))
                .toFloatArray();
    }

    @Test
    void theLossOfAPackIsThatOfItsSequencesTogether() {
        try (TinyModel tiny = new TinyModel(5, Arrangement.SHARED); MemoryScope scope = tiny.backend.openScope("test")) {
            List<PromptLayout> layouts = layouts(tiny);
            double sum = 0;
            int counted = 0;
            for (PromptLayout layout : layouts) {
                int labels = (int) Arrays.stream(layout.labels()).filter(label -> label >= 0).count();
                sum += labels * (double) loss(tiny, scope, List.of(layout));
                counted += labels;
            }
            double expected = sum / counted;
            assertThat((double) loss(tiny, scope, layouts)).isCloseTo(expected, org.assertj.core.api.Assertions.within(1e-5 * expected));
        }
    }

    private static float loss(TinyModel tiny, MemoryScope scope, List<PromptLayout> layouts) {
        Ops ops = new Ops(tiny.backend, scope);
        TokenBatch batch = TokenBatch.of(scope, layouts);
        Tensor hidden = tiny.chameleon.hidden(ops, tiny.chameleon.embed(ops, batch.ids()), Pass.whole(batch.positions(), batch.mask()));
        return tiny.chameleon.loss(ops, hidden, NextTokenLoss.of(scope, batch.labels(), tiny.chameleon.config().vocabSize()), 0).item();
    }

    @Test
    void layoutsOfOneFormAreRows() {
        try (TinyModel tiny = new TinyModel(4, Arrangement.SHARED); MemoryScope scope = tiny.backend.openScope("test")) {
            PromptLayout layout = layouts(tiny).getFirst();
            TokenBatch batch = TokenBatch.of(scope, List.of(layout, layout));
            assertThat(batch.ids().shape().toArray()).containsExactly(2, layout.length());
            assertThat(batch.labels()).hasDimensions(2, layout.length());
        }
    }
}
