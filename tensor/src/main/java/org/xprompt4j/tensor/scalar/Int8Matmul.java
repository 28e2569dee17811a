package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;

/**
 * Matrix product with a weight in eight bits: {@code out[i,j] = epilogue(scales[j] · Σ_p a[i,p] weight[j,p])}. The scale belongs to
 * a whole output channel, so it is applied once behind the sum.
 */
final class Int8Matmul {
    private Int8Matmul() {
    }

    /** a [m, k], weight [n, k] I8, scales [n], out [m, n]. */
    static void forward(Tensor aTensor, Tensor weightTensor, Tensor scalesTensor, Epilogue epilogue, Tensor outTensor) {
        FloatView a = FloatView.of(aTensor);
        FloatView weight = FloatView.of(weightTensor);
        FloatView scales = FloatView.of(scalesTensor);
        FloatView out = FloatView.of(outTensor);
        EpilogueView end = EpilogueView.of(epilogue);
        long m = aTensor.dim(0);
        long k = aTensor.dim(1);
        long n = weightTensor.dim(0);
        for (long i = 0; i < m; i++) {
            for (long j = 0; j < n; j++) {
                double sum = 0;
                for (long p = 0; p < k; p++) {
                    sum += (double) a.get(i * k + p) * weight.get(j * k + p);
                }
                out.set(i * n + j, end.apply(scales.get(j) * sum, j, i * n + j));
            }
        }
    }
}
