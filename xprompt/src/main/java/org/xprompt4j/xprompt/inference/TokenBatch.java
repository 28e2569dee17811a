package org.xprompt4j.xprompt.inference;

import java.util.List;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.CrossEntropySpec;
import org.xprompt4j.xprompt.prompt.PromptLayout;
import org.xprompt4j.xprompt.prompt.XPromptMask;

/**
 * Layouts as one batch for a pass of the model. Layouts of one form are rows of a matrix; others, whose words differ in number, stand one
 * behind the other in a single row under a mask that keeps them apart: nothing is padded, nothing is computed in vain.
 *
 * @param ids [batch, seq] I32
 * @param positions [batch, seq] I32, counted within each layout
 * @param mask who attends to whom in each row
 * @param labels [batch][seq]
 */
public record TokenBatch(Tensor ids, Tensor positions, AttentionMask mask, int[][] labels) {
    /** The layouts in their order. */
    public static TokenBatch of(MemoryScope scope, List<PromptLayout> layouts) {
        PromptLayout first = layouts.getFirst();
        if (layouts.stream().allMatch(layout -> layout.segments().equals(first.segments()))) {
            return new TokenBatch(TokenRows.ids(scope, layouts), TokenRows.positions(scope, layouts), first.mask(),
                    layouts.stream().map(PromptLayout::labels).toArray(int[][]::new));
        }
        int total = layouts.stream().mapToInt(PromptLayout::length).sum();
        int[] ids = new int[total];
        int[] positions = new int[total];
        int[] labels = new int[total];
        int at = 0;
        for (PromptLayout layout : layouts) {
            int length = layout.length();
            System.arraycopy(layout.ids(), 0, ids, at, length);
            System.arraycopy(layout.labels(), 0, labels, at, length);
            for (int i = 0; i < length; i++) {
                positions[at + i] = layout.firstPosition() + i;
            }
            if (labels[at] != CrossEntropySpec.IGNORED) {
                throw new IllegalArgumentException("the first token of a layout has nothing before it that could predict it, but is counted");
            }
            at += length;
        }
        return new TokenBatch(scope.of(ids, 1, total), scope.of(positions, 1, total), XPromptMask.packed(layouts), new int[][] {labels});
    }
}
