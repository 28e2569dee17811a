package org.xprompt4j.xprompt.prompt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.CrossEntropySpec;

/**
 * A sequence of tokens with its segments, positions, mask and loss labels.
 *
 * <pre>
 * IE   bos  [words] boi input eoi boi output eoi  [the same of other examples]
 * XP   S learned tokens
 * TD   [words] boi query eoi sep  boi answer eoi sep
 * </pre>
 *
 * An {@link Exchange} may have any pictures and words on either side: {@code question boi A eoi boi B eoi sep text sep} tells what
 * changed. An example whose answer begins with words has a separator before them, or nobody could tell where the question ends.
 *
 * Positions count from {@link #firstPosition()} without gaps. A label stands where its token stands and is predicted at the
 * position before.
 */
public final class PromptLayout {
    private final int[] ids; // [seq]
    private final int[] labels; // [seq], id or IGNORED
    private final List<Segment> segments;
    private final Arrangement arrangement;
    private final int firstPosition;

    private PromptLayout(Writer w, Arrangement arrangement, int firstPosition) {
        this.ids = Arrays.copyOf(w.ids, w.length);
        this.labels = Arrays.copyOf(w.labels, w.length);
        this.segments = List.copyOf(w.segments);
        this.arrangement = arrangement;
        this.firstPosition = firstPosition;
    }

    /**
     * The context alone: IE and, when compressed, XP. This is what stage 1 reads.
     *
     * @throws IllegalArgumentException without examples, or for {@link ContextMode#NONE}
     */
    public static PromptLayout context(PromptTokens tokens, ContextMode mode, Arrangement arrangement, List<Exchange> examples) {
        if (examples.isEmpty() || mode == ContextMode.NONE) {
            throw new IllegalArgumentException("a context needs an example and a mode that shows it, got "
                    + examples.size() + " examples, mode " + mode);
        }
        Writer w = new Writer(tokens);
        w.context(mode, arrangement, examples, LossSpan.ANSWER);
        return new PromptLayout(w, arrangement, 0);
    }

    /**
     * The job up to and including the answer's begin-of-image: what stage 2 reads before it draws the first code.
     *
     * @param asked the question
     * @param firstPosition where the context's positions end: |IE| + |XP|, or 0 without context
     */
    public static PromptLayout job(PromptTokens tokens, List<Part> asked, int firstPosition) {
        Writer w = new Writer(tokens);
        w.job(asked, LossSpan.ANSWER);
        w.add(tokens.boi(), false);
        w.end(SegmentKind.TD, 0);
        return new PromptLayout(w, Arrangement.SHARED, firstPosition);
    }

    /** The job up to the separator behind the question: what stage 2 reads before it draws the first token of an answer in words. */
    public static PromptLayout question(PromptTokens tokens, List<Part> asked, int firstPosition) {
        return dialogue(tokens, List.of(asked), firstPosition);
    }

    /**
     * A dialogue up to the separator behind its last question; every turn has such a separator behind it.
     *
     * @param turns question, answer, question ..., a question last
     */
    public static PromptLayout dialogue(PromptTokens tokens, List<List<Part>> turns, int firstPosition) {
        Writer w = new Writer(tokens);
        turns.forEach(turn -> w.job(turn, LossSpan.ANSWER));
        w.end(SegmentKind.TD, 0);
        return new PromptLayout(w, Arrangement.SHARED, firstPosition);
    }

    /**
     * A job without query or example, only the answer's begin: what unconditional guidance rows read.
     */
    public static PromptLayout unconditional(PromptTokens tokens) {
        Writer w = new Writer(tokens);
        w.add(tokens.bos(), false);
        w.add(tokens.boi(), false);
        w.end(SegmentKind.TD, 0);
        return new PromptLayout(w, Arrangement.SHARED, 0);
    }

    /** A whole training sequence: context (unless NONE), query and answer, with labels. A job that asks nothing begins as {@link #unconditional}. */
    public static PromptLayout training(PromptTokens tokens, ContextMode mode, Arrangement arrangement, LossSpan loss,
            List<Exchange> examples, Exchange job) {
        return training(tokens, mode, arrangement, loss, examples, job, null);
    }

    /**
     * The same where the model reads another answer than it must predict: with some codes of the shown answer replaced, it has
     * to rely on the query and the example instead of on the answer so far, as it must when it draws.
     *
     * @param shownAnswer [codes] that stand in the place of the answer's first picture; labels stay those of {@code job}; null for the
     *        answer itself
     */
    public static PromptLayout training(PromptTokens tokens, ContextMode mode, Arrangement arrangement, LossSpan loss,
            List<Exchange> examples, Exchange job, int[] shownAnswer) {
        Writer w = new Writer(tokens);
        if (mode != ContextMode.NONE) {
            w.context(mode, arrangement, examples, loss);
        }
        int first = w.length;
        if (job.asked().isEmpty()) {
            w.add(tokens.bos(), false); // as in unconditional()
        } else {
            w.job(job.asked(), loss);
        }
        int answer = w.length;
        w.parts(job.answered(), true);
        if (shownAnswer != null) {
            w.show(answer, job.answer().length, shownAnswer);
        }
        w.add(tokens.separator(), true);
        w.end(SegmentKind.TD, 0);
        if (first == 0) {
            w.labels[0] = CrossEntropySpec.IGNORED; // nothing stands before it to predict it
        }
        return new PromptLayout(w, arrangement, 0);
    }

    /** Vocabulary ids, [seq]. */
    public int[] ids() {
        return ids.clone();
    }

    /** Labels at their own places, [seq]; {@link CrossEntropySpec#IGNORED} where nothing is asked. */
    public int[] labels() {
        return labels.clone();
    }

    /** Number of tokens. */
    public int length() {
        return ids.length;
    }

    /** Its segments in order; together as long as the layout. */
    public List<Segment> segments() {
        return segments;
    }

    /** Position of the first token. */
    public int firstPosition() {
        return firstPosition;
    }

    /** Position behind the last token: where the next part goes on. */
    public int endPosition() {
        return firstPosition + ids.length;
    }

    /** Who attends to whom inside this sequence. */
    public AttentionMask mask() {
        return arrangement == Arrangement.BLOCKS && has(SegmentKind.XP) ? XPromptMask.ofBlocks(segments)
                : has(SegmentKind.XP) ? XPromptMask.of(segments) : AttentionMask.causal(ids.length);
    }

    /** How examples are compressed; decides the mask. */
    Arrangement arrangement() {
        return arrangement;
    }

    /** Sequence indices of all tokens of a kind, ascending. */
    public int[] indicesOf(SegmentKind kind) {
        int[] out = new int[ids.length];
        int n = 0;
        int at = 0;
        for (Segment segment : segments) {
            for (int i = 0; i < segment.length(); i++, at++) {
                if (segment.kind() == kind) {
                    out[n++] = at;
                }
            }
        }
        return Arrays.copyOf(out, n);
    }

    boolean has(SegmentKind kind) {
        return segments.stream().anyMatch(s -> s.kind() == kind && s.length() > 0);
    }

    /** Appends tokens, labels and segments. */
    private static final class Writer {
        private final PromptTokens tokens;
        private final List<Segment> segments = new ArrayList<>();
        private int[] ids = new int[1024];
        private int[] labels = new int[1024];
        private int length;
        private int ended; // tokens already in a segment

        Writer(PromptTokens tokens) {
            this.tokens = tokens;
        }

        void context(ContextMode mode, Arrangement arrangement, List<Exchange> examples, LossSpan loss) {
            add(tokens.bos(), false);
            boolean blocks = arrangement == Arrangement.BLOCKS && mode == ContextMode.COMPRESSED;
            for (int e = 0; e < examples.size(); e++) {
                Exchange example = examples.get(e);
                parts(example.asked(), false);
                if (example.answered().getFirst() instanceof Part.Text) {
                    add(tokens.separator(), false);
                }
                parts(example.answered(), loss == LossSpan.OUTPUTS);
                if (blocks) {
                    end(SegmentKind.IE, e);
                    xp(e);
                }
            }
            if (!blocks) {
                end(SegmentKind.IE, 0);
                if (mode == ContextMode.COMPRESSED) {
                    xp(0);
                }
            }
        }

        void job(List<Part> asked, LossSpan loss) {
            boolean counted = loss == LossSpan.JOB;
            parts(asked, counted);
            add(tokens.separator(), counted);
        }

        void parts(List<Part> parts, boolean counted) {
            for (Part part : parts) {
                switch (part) {
                    case Part.Image image -> picture(image.codes(), counted);
                    case Part.Text text -> {
                        for (int id : text.ids()) {
                            add(id, counted);
                        }
                    }
                }
            }
        }

        /** Replaces the codes of the first picture behind {@code from}; its labels stay. */
        void show(int from, int codes, int[] shown) {
            if (shown.length != codes) {
                throw new IllegalArgumentException("a shown answer of " + shown.length + " codes for one of " + codes);
            }
            int at = from;
            while (ids[at] != tokens.boi()) {
                at++;
            }
            for (int i = 0; i < codes; i++) {
                ids[at + 1 + i] = tokens.idOfCode().applyAsInt(shown[i]);
            }
        }

        void xp(int block) {
            for (int id : tokens.xp()) {
                add(id, false);
            }
            end(SegmentKind.XP, block);
        }

        void picture(int[] codes, boolean counted) {
            add(tokens.boi(), counted);
            for (int code : codes) {
                add(tokens.idOfCode().applyAsInt(code), counted);
            }
            add(tokens.eoi(), counted);
        }

        void add(int id, boolean counted) {
            if (length == ids.length) {
                ids = Arrays.copyOf(ids, 2 * length);
                labels = Arrays.copyOf(labels, 2 * length);
            }
            labels[length] = counted ? id : CrossEntropySpec.IGNORED;
            ids[length++] = id;
        }

        void end(SegmentKind kind, int block) {
            segments.add(new Segment(kind, length - ended, block));
            ended = length;
        }
    }
}
