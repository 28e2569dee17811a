package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;

/** Nothing changes: the answer is the question. */
public final class Identity implements Family {
    @Override
    public PixelMap draw(Philox random) {
        return (photo, r) -> photo;
    }
}
