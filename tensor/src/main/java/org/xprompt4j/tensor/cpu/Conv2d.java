package org.xprompt4j.tensor.cpu;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.Conv2dSpec;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/**
 * Convolution as products with patches that are packed panel by panel: forward patches(x) · W, gradient of x patches(dOut) · W
 * with its taps reversed, gradient of W dOutᵀ · patches(x). A 1x1 kernel is a plain matrix product.
 */
final class Conv2d {
    private static final int SLOT_BIAS = 8;

    private Conv2d() {
    }

    /** x [batch, height, width, in], weight [out, in, kernelHeight, kernelWidth], bias [out], out [batch, outHeight, outWidth, out]. */
    static void forward(Conv2dSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor out) {
        int in = weight.size(1);
        int outChannels = weight.size(0);
        if (isPointwise(spec, weight)) {
            Epilogue epilogue = new Epilogue(bias, Activation.NONE, null, residual == null ? null : residual.reshape(-1, outChannels));
            Matmul.forward(MatmulSpec.NT, x.reshape(-1, in), weight.reshape(outChannels, in), epilogue, out.reshape(-1, outChannels));
            return;
        }
        PatchRows patches = new PatchRows(PatchGrid.of(x, out.size(1), out.size(2), spec.stride(), spec.top(), spec.left(), weight.size(2),
                weight.size(3)));
        EpilogueSink sink = new EpilogueSink(out, outChannels, EpilogueSink.heapBias(bias, SLOT_BIAS), Activation.NONE, null, residual);
        TiledProduct.run(pixels(out), outChannels, weight.size(2) * weight.size(3) * in, patches, KernelPanels.forward(weight), sink);
    }

    /** dX as x, dWeight as weight, dBias [out]; each is added to and may be null. */
    static void backward(Conv2dSpec spec, Tensor x, Tensor weight, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias) {
        if (dX != null) {
            addInputGradient(spec, weight, dOut, dX);
        }
        if (dWeight != null) {
            addWeightGradient(spec, x, dOut, dWeight);
        }
        if (dBias != null) {
            ColumnSums.add(dOut.reshape(-1, dOut.dim(3)), dBias);
        }
    }

    /**
     * Pixel (y, x) of dX meets output (y + top - r) / stride through kernel row r where that divides. Pixels of one phase
     * (y mod stride, x mod stride) use every stride-th tap, and over them the gradient is a convolution with stride 1.
     */
    private static void addInputGradient(Conv2dSpec spec, Tensor weight, Tensor dOut, Tensor dX) {
        int in = weight.size(1);
        int out = weight.size(0);
        if (isPointwise(spec, weight)) {
            Matmul.forward(MatmulSpec.NN.accumulating(), dOut.reshape(-1, out), weight.reshape(out, in), Epilogue.NONE, dX.reshape(-1, in));
            return;
        }
        int stride = spec.stride();
        for (int phaseY = 0; phaseY < Math.min(stride, dX.size(1)); phaseY++) {
            for (int phaseX = 0; phaseX < Math.min(stride, dX.size(2)); phaseX++) {
                Phase rows = Phase.of(phaseY, spec.top(), stride, weight.size(2), dX.size(1));
                Phase columns = Phase.of(phaseX, spec.left(), stride, weight.size(3), dX.size(2));
                if (rows.taps == 0 || columns.taps == 0) {
                    continue; // the stride steps over these pixels
                }
                PatchRows patches = new PatchRows(PatchGrid.of(dOut, rows.grid, columns.grid, 1, rows.before, columns.before, rows.taps,
                        columns.taps));
                KernelPanels taps = KernelPanels.backward(weight, columns.taps, rows.lastTap, columns.lastTap, stride);
                PixelSink sink = new PixelSink(dX, rows.grid, columns.grid, stride, phaseY, phaseX);
                TiledProduct.run(dX.size(0) * rows.grid * columns.grid, in, rows.taps * columns.taps * out, patches, taps, sink);
            }
        }
    }

    /**
     * One direction of one phase.
     *
     * @param grid pixels of the phase
     * @param taps kernel positions that reach them
     * @param lastTap the largest of those
     * @param before outputs before the first one that the first pixel meets, as padding
     */
    private record Phase(int grid, int taps, int lastTap, int before) {
        static Phase of(int phase, int padding, int stride, int kernel, int size) {
            int firstTap = (phase + padding) % stride;
            int taps = firstTap < kernel ? (kernel - firstTap + stride - 1) / stride : 0;
            int lastTap = firstTap + (taps - 1) * stride;
            int firstOutput = (phase + padding - lastTap) / stride; // divides exactly; negative in the padding
            return new Phase((size - phase + stride - 1) / stride, taps, lastTap, -firstOutput);
        }
    }

    private static void addWeightGradient(Conv2dSpec spec, Tensor x, Tensor dOut, Tensor dWeight) {
        int in = dWeight.size(1);
        int out = dWeight.size(0);
        Tensor dOutRows = dOut.reshape(-1, out);
        if (isPointwise(spec, dWeight)) {
            Matmul.forward(MatmulSpec.TN.accumulating(), dOutRows, x.reshape(-1, in), Epilogue.NONE, dWeight.reshape(out, in));
            return;
        }
        int taps = dWeight.size(2) * dWeight.size(3);
        PatchPanels patches = new PatchPanels(PatchGrid.of(x, dOut.size(1), dOut.size(2), spec.stride(), spec.top(), spec.left(),
                dWeight.size(2), dWeight.size(3)));
        KernelSink sink = new KernelSink(dWeight.segment(), in, taps);
        TiledProduct.run(out, taps * in, pixels(dOut), MatrixRows.depthByLines(dOutRows), patches, sink);
    }

    private static int pixels(Tensor picture) {
        return Math.toIntExact(picture.dim(0) * picture.dim(1) * picture.dim(2));
    }

    private static boolean isPointwise(Conv2dSpec spec, Tensor weight) {
        return weight.dim(2) == 1 && weight.dim(3) == 1 && spec.equals(Conv2dSpec.padded(0));
    }
}
