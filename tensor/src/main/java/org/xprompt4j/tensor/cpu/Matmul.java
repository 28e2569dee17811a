package org.xprompt4j.tensor.cpu;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/** Matrix product with epilogue: packed and register-blocked, see {@link TiledProduct}; of few rows, see {@link FewRows}. */
final class Matmul {
    private static final int SLOT_BIAS = 8; // and two further for each further sink of a call

    private Matmul() {
    }

    /** out = epilogue(a · b); a [m, k] or [k, m], b [k, n] or [n, k], out [m, n]. */
    static void forward(MatmulSpec spec, Tensor a, Tensor b, Epilogue epilogue, Tensor out) {
        int m = out.size(0);
        int n = out.size(1);
        int k = a.size(spec.transposeA() ? 0 : 1);
        TileSink sink = sink(spec.accumulate(), epilogue, out, 0);
        if (m <= FewRows.MAX_ROWS && !spec.transposeA() && spec.transposeB()) {
            FewRows.run(a, new Tensor[] {b}, new TileSink[] {sink});
            return;
        }
        RowSource rows = spec.transposeA() ? MatrixRows.depthByLines(a) : MatrixRows.linesByDepth(a);
        PanelSource columns = spec.transposeB() ? MatrixPanels.columnsByDepth(b) : MatrixPanels.depthByColumns(b);
        TiledProduct.run(m, n, k, rows, columns, sink);
    }

    /** The sink of a product into out [m, n], the {@code index}-th of those in use at once. */
    static TileSink sink(boolean accumulate, Epilogue epilogue, Tensor out, int index) {
        return EpilogueSink.of(accumulate, epilogue, out, EpilogueSink.heapBias(epilogue.bias(), SLOT_BIAS + 2 * index));
    }
}
