package org.xprompt4j.xprompt.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.op.AttentionMask;

class PromptLayoutTest {
    private static final int I = -100;
    private static final PromptTokens TOKENS = new PromptTokens(0, 2, 50, 51, 52, new int[] {60, 61}, code -> code + 4);
    private static final Exchange EXAMPLE = Exchange.pictures(new int[] {1, 2}, new int[] {3, 4});
    private static final Exchange JOB = Exchange.pictures(new int[] {5, 6}, new int[] {7, 8});

    @Test
    void compressedSequenceIsTheWorkedExampleInSmall() {
        PromptLayout layout = PromptLayout.training(TOKENS, ContextMode.COMPRESSED, Arrangement.SHARED, LossSpan.ANSWER, List.of(EXAMPLE), JOB);
        assertThat(layout.ids()).containsExactly(0, 50, 5, 6, 51, 50, 7, 8, 51, 60, 61, 50, 9, 10, 51, 52, 50, 11, 12, 51, 52);
        assertThat(layout.labels()).containsExactly(I, I, I, I, I, I, I, I, I, I, I, I, I, I, I, I, 50, 11, 12, 51, 52);
        assertThat(layout.segments()).containsExactly(
                new Segment(SegmentKind.IE, 9), new Segment(SegmentKind.XP, 2), new Segment(SegmentKind.TD, 10));
        assertThat(layout.indicesOf(SegmentKind.XP)).containsExactly(9, 10);
    }

    @Test
    void maskHidesTheExampleFromTheJobOnly() {
        PromptLayout layout = PromptLayout.training(TOKENS, ContextMode.COMPRESSED, Arrangement.SHARED, LossSpan.ANSWER, List.of(EXAMPLE), JOB);
        AttentionMask mask = layout.mask();
        for (int q = 0; q < layout.length(); q++) {
            for (int k = 0; k < layout.length(); k++) {
                assertThat(mask.allows(q, k)).as("%d sees %d", q, k).isEqualTo(k <= q && !(q >= 11 && k < 9));
            }
        }
    }

    @Test
    void contextAndJobTogetherAreTheTrainingSequenceUpToTheAnswer() {
        PromptLayout whole = PromptLayout.training(TOKENS, ContextMode.COMPRESSED, Arrangement.SHARED, LossSpan.ANSWER, List.of(EXAMPLE), JOB);
        PromptLayout context = PromptLayout.context(TOKENS, ContextMode.COMPRESSED, Arrangement.SHARED, List.of(EXAMPLE));
        PromptLayout job = PromptLayout.job(TOKENS, JOB.asked(), context.endPosition());
        assertThat(job.firstPosition()).isEqualTo(11);
        int[] both = Arrays.copyOf(context.ids(), context.length() + job.length());
        System.arraycopy(job.ids(), 0, both, context.length(), job.length());
        assertThat(both).containsExactly(Arrays.copyOf(whole.ids(), both.length));
        assertThat(job.ids()[job.length() - 1]).isEqualTo(TOKENS.boi());
    }

    @Test
    void lossSpansCountWhatTheySay() {
        PromptLayout job = PromptLayout.training(TOKENS, ContextMode.COMPRESSED, Arrangement.SHARED, LossSpan.JOB, List.of(EXAMPLE), JOB);
        assertThat(job.labels()).startsWith(I, I, I, I, I, I, I, I, I, I, I, 50, 9, 10);
        PromptLayout alone = PromptLayout.training(TOKENS, ContextMode.NONE, Arrangement.SHARED, LossSpan.JOB, List.of(), JOB);
        assertThat(alone.labels()).startsWith(I, 9, 10, 51, 52);
        PromptLayout outputs = PromptLayout.training(TOKENS, ContextMode.FULL, Arrangement.SHARED, LossSpan.OUTPUTS, List.of(EXAMPLE), JOB);
        assertThat(outputs.labels()).containsExactly(I, I, I, I, I, 50, 7, 8, 51, I, I, I, I, I, 50, 11, 12, 51, 52);
    }

    @Test
    void blocksAreCompressedApart() {
        PromptLayout layout = PromptLayout.context(TOKENS, ContextMode.COMPRESSED, Arrangement.BLOCKS, List.of(EXAMPLE, EXAMPLE));
        assertThat(layout.segments()).containsExactly(new Segment(SegmentKind.IE, 9, 0), new Segment(SegmentKind.XP, 2, 0),
                new Segment(SegmentKind.IE, 8, 1), new Segment(SegmentKind.XP, 2, 1));
        AttentionMask mask = layout.mask();
        assertThat(mask.allows(12, 11)).isTrue();
        assertThat(mask.allows(12, 10)).isFalse();
        assertThat(mask.allows(20, 0)).isFalse();
        assertThat(mask.allows(20, 15)).isTrue();
    }

    private static final Part A = new Part.Image(new int[] {1, 2});
    private static final Part B = new Part.Image(new int[] {3, 4});
    private static final Part WORDS = new Part.Text(new int[] {70, 71, 72});

    @Test
    void wordsStandBeforeTheirPictures() {
        PromptLayout layout = PromptLayout.training(TOKENS, ContextMode.COMPRESSED, Arrangement.SHARED, LossSpan.ANSWER,
                List.of(EXAMPLE.withWords(new int[] {70})), JOB.withWords(new int[] {71, 72}));
        assertThat(layout.ids()).containsExactly(0, 70, 50, 5, 6, 51, 50, 7, 8, 51, 60, 61, 71, 72, 50, 9, 10, 51, 52, 50, 11, 12, 51, 52);
        assertThat(layout.labels()).endsWith(I, I, I, 50, 11, 12, 51, 52).doesNotContain(70, 71, 72);
        assertThat(EXAMPLE.withWords(new int[0])).isSameAs(EXAMPLE);
    }

    @Test
    void anAnswerInWordsIsCountedWithItsSeparator() {
        Exchange tells = new Exchange(List.of(A, B, new Part.Text(new int[] {75})), List.of(WORDS));
        PromptLayout layout = PromptLayout.training(TOKENS, ContextMode.COMPRESSED, Arrangement.SHARED, LossSpan.ANSWER, List.of(tells), tells);
        assertThat(layout.ids()).containsExactly(0, 50, 5, 6, 51, 50, 7, 8, 51, 75, 52, 70, 71, 72, 60, 61,
                50, 5, 6, 51, 50, 7, 8, 51, 75, 52, 70, 71, 72, 52);
        assertThat(Arrays.stream(layout.labels()).filter(label -> label != I)).containsExactly(70, 71, 72, 52);
        PromptLayout question = PromptLayout.question(TOKENS, tells.asked(), 16);
        assertThat(question.ids()).containsExactly(50, 5, 6, 51, 50, 7, 8, 51, 75, 52);
    }

    @Test
    void wordsAloneAskForAPicture() {
        PromptLayout layout = PromptLayout.training(TOKENS, ContextMode.NONE, Arrangement.SHARED, LossSpan.ANSWER, List.of(),
                new Exchange(List.of(WORDS), List.of(A)));
        assertThat(layout.ids()).containsExactly(70, 71, 72, 52, 50, 5, 6, 51, 52);
        assertThat(layout.labels()).containsExactly(I, I, I, I, 50, 5, 6, 51, 52);
    }

    @Test
    void theShownAnswerStandsWhereThePictureIs() {
        Exchange both = new Exchange(List.of(A), List.of(WORDS, B));
        PromptLayout layout = PromptLayout.training(TOKENS, ContextMode.NONE, Arrangement.SHARED, LossSpan.ANSWER, List.of(), both, new int[] {8, 9});
        assertThat(layout.ids()).containsExactly(50, 5, 6, 51, 52, 70, 71, 72, 50, 12, 13, 51, 52);
        assertThat(layout.labels()).endsWith(70, 71, 72, 50, 7, 8, 51, 52);
    }

    @Test
    void packedSequencesKeepTheirMasks() {
        List<PromptLayout> layouts = List.of(
                PromptLayout.training(TOKENS, ContextMode.COMPRESSED, Arrangement.SHARED, LossSpan.ANSWER, List.of(EXAMPLE), JOB),
                PromptLayout.training(TOKENS, ContextMode.FULL, Arrangement.SHARED, LossSpan.ANSWER, List.of(EXAMPLE), JOB.withWords(new int[] {70})),
                PromptLayout.training(TOKENS, ContextMode.COMPRESSED, Arrangement.BLOCKS, LossSpan.ANSWER, List.of(EXAMPLE, EXAMPLE), JOB));
        AttentionMask packed = XPromptMask.packed(layouts);
        int from = 0;
        for (PromptLayout layout : layouts) {
            for (int q = 0; q < layout.length(); q++) {
                for (int k = 0; k < packed.keys(); k++) {
                    boolean own = k >= from && k < from + layout.length();
                    assertThat(packed.allows(from + q, k)).isEqualTo(own && layout.mask().allows(q, k - from));
                }
            }
            from += layout.length();
        }
        assertThat(from).isEqualTo(packed.keys());
    }
}
