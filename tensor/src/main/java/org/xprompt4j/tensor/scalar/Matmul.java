package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/**
 * Matrix product with epilogue:
 * {@code out[i,j] = residual[i,j] + multiplier[i,j] · activation(Σ_p a[i,p] b[p,j] + bias[j])}, or {@code out += Σ_p a b}.
 */
final class Matmul {
    private Matmul() {
    }

    /** a [m, k] or [k, m], b [k, n] or [n, k], out [m, n]. */
    static void forward(MatmulSpec spec, Tensor aTensor, Tensor bTensor, Epilogue epilogue, Tensor outTensor) {
        FloatView a = FloatView.of(aTensor);
        FloatView b = FloatView.of(bTensor);
        FloatView out = FloatView.of(outTensor);
        EpilogueView end = EpilogueView.of(epilogue);
        long m = outTensor.dim(0);
        long n = outTensor.dim(1);
        long k = aTensor.dim(spec.transposeA() ? 0 : 1);
        // One step along k moves by these many elements in a and b.
        long aStep = spec.transposeA() ? m : 1;
        long bStep = spec.transposeB() ? 1 : n;
        for (long i = 0; i < m; i++) {
            long aRow = spec.transposeA() ? i : i * k;
            for (long j = 0; j < n; j++) {
                long bColumn = spec.transposeB() ? j * k : j;
                double sum = 0;
                for (long p = 0; p < k; p++) {
                    sum += (double) a.get(aRow + p * aStep) * b.get(bColumn + p * bStep);
                }
                long at = i * n + j;
                if (spec.accumulate()) {
                    sum += out.get(at);
                }
                out.set(at, end.apply(sum, j, at));
            }
        }
    }
}
