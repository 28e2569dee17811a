package org.xprompt4j.tensor.cpu;

/**
 * Patches as the left operand. A block of depth lies in one kernel row, and of that only the rows of the picture are loaded, with
 * their padding: the patches of neighbouring pixels overlap there, {@code stride · channels} floats apart, and the micro-kernel
 * reads them in place. Patches are copied one by one only where a strip runs over the end of a line of the grid, and where
 * kernel rows are so short that several go into one block.
 */
final class PatchRows implements RowSource {
    private static final int SHORT_RUN = 64; // floats
    private static final int COPY_STRIDE = MicroKernel.STRIDE;

    private final PatchGrid grid;
    private final boolean copies; // all strips

    PatchRows(PatchGrid grid) {
        this.grid = grid;
        copies = grid.run() < SHORT_RUN;
    }

    @Override
    public int blockEnd(int from) {
        if (copies) {
            return RowSource.evenBlockEnd(from, grid.depth());
        }
        int rowStart = from / grid.run() * grid.run();
        return rowStart + RowSource.evenBlockEnd(from - rowStart, grid.run());
    }

    @Override
    public int size(int lines) {
        int padded = TiledProduct.roundUp(lines, MicroKernel.ROWS);
        int gridLines = (lines - 1) / grid.gridWidth() + 2;
        // A strip at the end reads as far as whole ones would.
        return padded * COPY_STRIDE + (copies ? 0 : gridLines * lineFloats(lines) + MicroKernel.ROWS * grid.reach() + MicroKernel.DEPTH);
    }

    /** Floats of one row of the picture that a block of so many pixels needs at most. */
    private int lineFloats(int lines) {
        return (Math.min(lines, grid.gridWidth()) - 1) * grid.reach() + grid.run();
    }

    /** Behind the strips that are copied lie the rows of the picture, one for each line of the grid that the block touches. */
    private int linesAt(int lines) {
        return TiledProduct.roundUp(lines, MicroKernel.ROWS) * COPY_STRIDE;
    }

    /** True when not all pixels of a strip are neighbours in one line. */
    private boolean isCopied(int first, int lines, int inBlock) {
        int x = (first + inBlock) % grid.gridWidth();
        return copies || x + Math.min(MicroKernel.ROWS, lines - inBlock) > grid.gridWidth();
    }

    @Override
    public int stripStride(int first, int lines, int inBlock) {
        return isCopied(first, lines, inBlock) ? COPY_STRIDE : grid.reach();
    }

    @Override
    public int stripAt(int first, int lines, int from, int inBlock) {
        if (isCopied(first, lines, inBlock)) {
            return inBlock * COPY_STRIDE;
        }
        int line = (first + inBlock) / grid.gridWidth() - first / grid.gridWidth();
        int x = (first + inBlock) % grid.gridWidth() - (line == 0 ? first % grid.gridWidth() : 0);
        return linesAt(lines) + line * lineFloats(lines) + x * grid.reach() + from % grid.run();
    }

    @Override
    public void load(int first, int lines, int from, int end, float[] to) {
        for (int i = 0; i < lines; i += MicroKernel.ROWS) {
            if (isCopied(first, lines, i)) {
                grid.copyPatches(first + i, Math.min(MicroKernel.ROWS, lines - i), from, end - from, COPY_STRIDE, to, i * COPY_STRIDE);
            }
        }
        if (!copies && from % grid.run() == 0) { // later blocks of the same kernel row find it loaded
            loadLines(first, lines, from / grid.run(), to);
        }
    }

    private void loadLines(int first, int lines, int kernelRow, float[] to) {
        int at = linesAt(lines);
        for (int pixel = first; pixel < first + lines;) {
            int x = pixel % grid.gridWidth();
            int length = Math.min(grid.gridWidth() - x, first + lines - pixel);
            grid.copyRun(grid.pictureRow(pixel / grid.gridWidth(), kernelRow), (x * grid.stride() - grid.left()) * grid.channels(),
                    (length - 1) * grid.reach() + grid.run(), to, at);
            at += lineFloats(lines);
            pixel += length;
        }
    }
}
