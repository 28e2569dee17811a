package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;

/** A parametrised way to change a photograph: any gamma, any duotone, any rain. */
@FunctionalInterface
public interface Family {
    /**
     * Fixes the parameters.
     *
     * @param random read for parameters only; the same numbers give the same map
     */
    PixelMap draw(Philox random);
}
