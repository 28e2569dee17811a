package org.xprompt4j.tensor.scalar;

import java.lang.foreign.MemorySegment;

import org.xprompt4j.tensor.ElementAccess;
import org.xprompt4j.tensor.Tensor;

/** Vector quantisation (van den Oord et al., 2017): the code with the least {@code ‖z‖² + ‖e‖² - 2 z·e}, the first one on ties. */
final class NearestCode {
    private NearestCode() {
    }

    /** z [rows, dim], codebook [codes, dim], codes [rows]. */
    static void forward(Tensor zTensor, Tensor codebookTensor, Tensor codes) {
        FloatView z = FloatView.of(zTensor);
        FloatView codebook = FloatView.of(codebookTensor);
        MemorySegment out = codes.segment();
        long dim = zTensor.dim(1);
        double[] codeSquares = new double[codebookTensor.size(0)]; // ‖e‖²
        for (int code = 0; code < codeSquares.length; code++) {
            codeSquares[code] = Attention.dot(codebook, code * dim, codebook, code * dim, dim);
        }
        for (long row = 0; row < zTensor.dim(0); row++) {
            int best = 0;
            double least = Double.POSITIVE_INFINITY; // ‖z‖² is the same for every code of a row
            for (int code = 0; code < codeSquares.length; code++) {
                double distance = codeSquares[code] - 2 * Attention.dot(z, row * dim, codebook, code * dim, dim);
                if (distance < least) {
                    least = distance;
                    best = code;
                }
            }
            ElementAccess.setLong(out, codes.dtype(), row, best);
        }
    }
}
