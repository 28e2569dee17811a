package org.xprompt4j.xprompt.explain;

import java.util.List;
import org.xprompt4j.nn.chameleon.AttentionProbe;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.xprompt.inference.TokenRows;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.prompt.Exchange;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.prompt.LossSpan;
import org.xprompt4j.xprompt.prompt.PromptLayout;
import org.xprompt4j.xprompt.prompt.PromptTokens;
import org.xprompt4j.xprompt.prompt.SegmentKind;

/** Who attends to what in a prompt of pictures. */
public final class AttentionStudy {
    private final XPromptModel opened;
    private final Chameleon model;
    private final PromptTokens tokens;

    /** A study of an open model, which stays the caller's. */
    public AttentionStudy(XPromptModel opened) {
        this.opened = opened;
        this.model = opened.chameleon();
        this.tokens = opened.config().tokens(ImageTokens.of(model.config()));
    }

    /**
     * Attention of some tokens of a prompt.
     *
     * @param probabilities [layers][heads][queries][seq]
     * @param layout        the prompt
     */
    public record Seen(float[][][][] probabilities, PromptLayout layout) {
        /** Number of layers. */
        public int layers() {
            return probabilities.length;
        }

        /** Number of query heads. */
        public int heads() {
            return probabilities[0].length;
        }

        /** One query's attention to {@code count} tokens from {@code from} on. */
        public double[] to(int layer, int head, int query, int from, int count) {
            double[] out = new double[count];
            for (int i = 0; i < count; i++) {
                out[i] = probabilities[layer][head][query][from + i];
            }
            return out;
        }

        /** The same in the mean over all layers and heads. */
        public double[] meanTo(int query, int from, int count) {
            double[] out = new double[count];
            for (int layer = 0; layer < layers(); layer++) {
                for (int head = 0; head < heads(); head++) {
                    double[] one = to(layer, head, query, from, count);
                    for (int i = 0; i < count; i++) {
                        out[i] += one[i] / (layers() * heads());
                    }
                }
            }
            return out;
        }
    }

    /** Sum of amounts. */
    static double sum(double[] amounts) {
        double sum = 0;
        for (double amount : amounts) {
            sum += amount;
        }
        return sum;
    }

    /** How the X-Prompt tokens attend while they read one example; queries are the XP tokens in order. */
    public Seen ofXp(Exchange example) {
        PromptLayout layout = PromptLayout.context(tokens, ContextMode.COMPRESSED, opened.config().arrangement(), List.of(example));
        return look(layout, layout.indicesOf(SegmentKind.XP));
    }

    /**
     * How the token attends from which one code of the answer is drawn. Queries: that token alone.
     *
     * @param examples none, or those that are compressed before the job
     * @param job      codes of the query picture and of the answer that the model drew
     * @param code     which code of the answer is about to be drawn, in raster order
     */
    public Seen ofAnswer(List<Exchange> examples, Exchange job, int code) {
        PromptLayout layout = PromptLayout.training(tokens, examples.isEmpty() ? ContextMode.NONE : ContextMode.COMPRESSED, opened.config().arrangement(),
                LossSpan.ANSWER, examples, job);
        return look(layout, new int[] {answerStart(layout, job) - 1 + code});
    }

    /** Sequence index of the first code of the query picture. */
    public static int queryStart(PromptLayout layout, Exchange job) {
        return answerStart(layout, job) - job.query().length - 3; // eoi, sep and boi stand between
    }

    /** Sequence index of the first code of the answer; eoi and sep stand behind the last one. */
    public static int answerStart(PromptLayout layout, Exchange job) {
        return layout.length() - 2 - job.answer().length;
    }

    private Seen look(PromptLayout layout, int[] queries) {
        try (MemoryScope scope = opened.backend().openScope("attention study")) {
            Ops ops = new Ops(opened.backend(), scope);
            return new Seen(AttentionProbe.probabilities(ops, model, TokenRows.ids(scope, List.of(layout)), TokenRows.positions(scope, List.of(layout)),
                    layout.mask(), queries), layout);
        }
    }
}
