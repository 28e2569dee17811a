package org.xprompt4j.tensor.cpu;

/** The right operand B [depth, columns] of a tiled product, cut into panels of columns. */
interface PanelSource {
    /** True when packing costs much more than copying: panels are then packed once for all. */
    boolean isCostly();

    /** Writes {@code count} columns as a panel [depth, width]; its columns from count to width are zero. */
    void pack(int first, int count, int width, int depthFrom, int depth, float[] to, int at);
}
