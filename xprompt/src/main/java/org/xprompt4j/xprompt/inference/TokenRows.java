package org.xprompt4j.xprompt.inference;

import java.util.List;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.xprompt.prompt.PromptLayout;

/** Layouts of equal length as tensors. */
public final class TokenRows {
    private TokenRows() {
    }

    /** Ids [batch, seq], I32. */
    public static Tensor ids(MemoryScope scope, List<PromptLayout> layouts) {
        int length = requireEqual(layouts);
        int[] ids = new int[layouts.size() * length];
        for (int row = 0; row < layouts.size(); row++) {
            System.arraycopy(layouts.get(row).ids(), 0, ids, row * length, length);
        }
        return scope.of(ids, layouts.size(), length);
    }

    /** Positions [batch, seq], I32. */
    public static Tensor positions(MemoryScope scope, List<PromptLayout> layouts) {
        int length = requireEqual(layouts);
        int[] positions = new int[layouts.size() * length];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = layouts.get(i / length).firstPosition() + i % length;
        }
        return scope.of(positions, layouts.size(), length);
    }

    private static int requireEqual(List<PromptLayout> layouts) {
        int length = layouts.getFirst().length();
        for (PromptLayout layout : layouts) {
            if (layout.length() != length || !layout.segments().equals(layouts.getFirst().segments())) {
                throw new IllegalArgumentException("one batch holds layouts of one form; got lengths " + length + " and " + layout.length());
            }
        }
        return length;
    }
}
