package org.xprompt4j.tensor.cpu;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/** Matrix product with epilogue: packed and register-blocked, see {@link TiledProduct}; of few rows, see {@link FewRows}. */
final class Matmul {
    private static final int SLOT_BIAS = 8;

    private Matmul() {
    }

    /** out = epilogue(a · b); a [m, k] or [k, m], b [k, n] or [n, k], out [m, n]. */
    static void forward(MatmulSpec spec, Tensor a, Tensor b, Epilogue epilogue, Tensor out) {
        int m = out.size(0);
        int n = out.size(1);
        int k = a.size(spec.transposeA() ? 0 : 1);
        float[] bias = EpilogueSink.heapBias(epilogue.bias(), SLOT_BIAS);
        EpilogueSink sink = EpilogueSink.of(spec.accumulate(), epilogue, out, bias);
        if (m <= FewRows.MAX_ROWS && !spec.transposeA() && spec.transposeB()) {
            FewRows.run(a, b, sink);
            return;
        }
        RowSource rows = spec.transposeA() ? MatrixRows.depthByLines(a) : MatrixRows.linesByDepth(a);
        PanelSource columns = spec.transposeB() ? MatrixPanels.columnsByDepth(b) : MatrixPanels.depthByColumns(b);
        TiledProduct.run(m, n, k, rows, columns, sink);
    }
}
