package org.xprompt4j.tensor.cpu;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;

/**
 * Matrix product with a weight in eight bits. The weight is read as it lies, a quarter of the bytes of F32, and becomes floats in
 * registers or panels; the scales of the output channels are applied to finished blocks.
 */
final class Int8Matmul {
    private static final int SLOT_SCALES = 9; // and two further for each further sink of a call

    private Int8Matmul() {
    }

    /** a [m, k], weight [n, k] I8, scales [n], out [m, n]. */
    static void forward(Tensor a, Tensor weight, Tensor scales, Epilogue epilogue, Tensor out) {
        int m = a.size(0);
        TileSink sink = sink(scales, epilogue, out, 0);
        if (m <= FewRows.MAX_ROWS) {
            FewRows.run(a, new Tensor[] {weight}, new TileSink[] {sink});
        } else {
            TiledProduct.run(m, weight.size(0), a.size(1), MatrixRows.linesByDepth(a), MatrixPanels.columnsByDepth(weight), sink);
        }
    }

    /** The sink of a product with scales [n] into out [m, n], the {@code index}-th of those in use at once. */
    static TileSink sink(Tensor scales, Epilogue epilogue, Tensor out, int index) {
        return new ScalingSink(EpilogueSink.heapBias(scales, SLOT_SCALES + 2 * index), Matmul.sink(false, epilogue, out, index));
    }
}
