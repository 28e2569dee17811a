package org.xprompt4j.tensor.cpu;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;

/**
 * Matrix product with a weight in eight bits. The weight is read as it lies, a quarter of the bytes of F32, and becomes floats in
 * registers or panels; the scales of the output channels are applied to finished blocks.
 */
final class Int8Matmul {
    private static final int SLOT_BIAS = 8;
    private static final int SLOT_SCALES = 9;

    private Int8Matmul() {
    }

    /** a [m, k], weight [n, k] I8, scales [n], out [m, n]. */
    static void forward(Tensor a, Tensor weight, Tensor scales, Epilogue epilogue, Tensor out) {
        int m = a.size(0);
        TileSink sink = new ScalingSink(EpilogueSink.heapBias(scales, SLOT_SCALES),
                EpilogueSink.of(false, epilogue, out, EpilogueSink.heapBias(epilogue.bias(), SLOT_BIAS)));
        if (m <= FewRows.MAX_ROWS) {
            FewRows.run(a, weight, sink);
        } else {
            TiledProduct.run(m, weight.size(0), a.size(1), MatrixRows.linesByDepth(a), MatrixPanels.columnsByDepth(weight), sink);
        }
    }
}
