package org.xprompt4j.xprompt.prompt;

import java.util.List;
import org.xprompt4j.tensor.op.AttentionMask;

/**
 * The compression mask: causal, and TD rows are blind to every IE column, so that whatever the job learns of the example has
 * passed through the XP tokens (paper, section 3.1, figure 2).
 */
public final class XPromptMask {
    private XPromptMask() {
    }

    private static final Rule SHARED = (query, key) -> !(query.kind() == SegmentKind.TD && key.kind() == SegmentKind.IE);
    private static final Rule BLOCKS = (query, key) -> query.kind() == SegmentKind.TD ? key.kind() != SegmentKind.IE : query.block() == key.block();
    private static final Rule CAUSAL = (query, key) -> true;

    private interface Rule {
        boolean sees(Segment query, Segment key);
    }

    /** The mask of segments in any order and number; blocks are ignored. */
    public static AttentionMask of(List<Segment> segments) {
        return build(List.of(segments), List.of(SHARED));
    }

    /** As {@link #of}, and IE and XP of one block do not see another block: examples are compressed separately and compose. */
    public static AttentionMask ofBlocks(List<Segment> segments) {
        return build(List.of(segments), List.of(BLOCKS));
    }

    /** Sequences one behind the other in one row: each has the mask of its own and sees nothing of the others. */
    public static AttentionMask packed(List<PromptLayout> layouts) {
        return build(layouts.stream().map(PromptLayout::segments).toList(), layouts.stream()
                .map(layout -> !layout.has(SegmentKind.XP) ? CAUSAL : layout.arrangement() == Arrangement.BLOCKS ? BLOCKS : SHARED).toList());
    }

    /** @param samples segments of each sequence; the rules beside them hold within it */
    private static AttentionMask build(List<List<Segment>> samples, List<Rule> rules) {
        int n = samples.stream().mapToInt(List::size).sum();
        int[] lengths = new int[n];
        boolean[][] sees = new boolean[n][n];
        int first = 0; // of the sample
        for (int s = 0; s < samples.size(); s++) {
            List<Segment> segments = samples.get(s);
            for (int q = 0; q < segments.size(); q++) {
                lengths[first + q] = segments.get(q).length();
                for (int k = 0; k <= q; k++) {
                    sees[first + q][first + k] = k == q || rules.get(s).sees(segments.get(q), segments.get(k));
                }
            }
            first += segments.size();
        }
        return AttentionMask.segmented(lengths, sees);
    }
}
