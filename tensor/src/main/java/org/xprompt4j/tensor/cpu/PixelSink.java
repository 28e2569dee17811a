package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;

import org.xprompt4j.tensor.Tensor;

/** Adds blocks of a product whose rows are every step-th pixel of a picture [batch, height, width, channels]: a gradient. */
final class PixelSink implements TileSink {
    private final MemorySegment picture;
    private final int height;
    private final int width;
    private final int channels;
    private final int gridHeight;
    private final int gridWidth;
    private final int step;
    private final int firstRow;
    private final int firstColumn;

    PixelSink(Tensor picture, int gridHeight, int gridWidth, int step, int firstRow, int firstColumn) {
        this.picture = picture.segment();
        height = picture.size(1);
        width = picture.size(2);
        channels = picture.size(3);
        this.gridHeight = gridHeight;
        this.gridWidth = gridWidth;
        this.step = step;
        this.firstRow = firstRow;
        this.firstColumn = firstColumn;
    }

    @Override
    public void store(float[] tile, int stride, int row, int rows, int column, int columns) {
        for (int i = 0; i < rows; i++) {
            int x = (row + i) % gridWidth;
            int y = (row + i) / gridWidth % gridHeight;
            int batch = (row + i) / gridWidth / gridHeight;
            long pixel = ((long) batch * height + y * step + firstRow) * width + x * step + firstColumn;
            Rows.add(tile, i * stride, columns, picture, (pixel * channels + column) * 4);
        }
    }
}
