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

    /** The mask of segments in any order and number; blocks are ignored. */
    public static AttentionMask of(List<Segment> segments) {
        return build(segments, (query, key) -> !(query.kind() == SegmentKind.TD && key.kind() == SegmentKind.IE));
    }

    /** As {@link #of}, and IE and XP of one block do not see another block: examples are compressed separately and compose. */
    public static AttentionMask ofBlocks(List<Segment> segments) {
        return build(segments, (query, key) -> query.kind() == SegmentKind.TD
                ? key.kind() != SegmentKind.IE
                : query.block() == key.block());
    }

    private interface Rule {
        boolean sees(Segment query, Segment key);
    }

    private static AttentionMask build(List<Segment> segments, Rule rule) {
        int n = segments.size();
        int[] lengths = new int[n];
        boolean[][] sees = new boolean[n][n];
        for (int q = 0; q < n; q++) {
            lengths[q] = segments.get(q).length();
            for (int k = 0; k <= q; k++) {
                sees[q][k] = k == q || rule.sees(segments.get(q), segments.get(k));
            }
        }
        return AttentionMask.segmented(lengths, sees);
    }
}
