package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Tensor;

/** One query per row over the first {@code lengths[row]} entries of that row's cache: {@code out = softmax(scale q·kᵀ) v}. */
final class CachedAttention {
    private CachedAttention() {
    }

    /** q, out [batch, heads, headDim]; keys, values [batch, capacity, kvHeads, headDim]; lengths [batch]. */
    static void forward(float scale, Tensor qTensor, Tensor keysTensor, Tensor valuesTensor, Tensor lengths, Tensor outTensor) {
        FloatView q = FloatView.of(qTensor);
        FloatView keys = FloatView.of(keysTensor);
        FloatView values = FloatView.of(valuesTensor);
        FloatView out = FloatView.of(outTensor);
        int heads = qTensor.size(1);
        int dim = qTensor.size(2);
        int capacity = keysTensor.size(1);
        int kvHeads = keysTensor.size(2);
        double[] scores = new double[capacity];
        int[] length = lengths.toIntArray();
        for (int b = 0; b < length.length; b++) {
            if (length[b] < 1 || length[b] > capacity) {
                throw new IllegalArgumentException("cachedAttention: length " + length[b] + " of row " + b + " is not in 1.." + capacity);
            }
            for (int h = 0; h < heads; h++) {
                int kvHead = h / (heads / kvHeads);
                long qRow = ((long) b * heads + h) * dim;
                for (int j = 0; j < length[b]; j++) {
                    scores[j] = scale * Attention.dot(q, qRow, keys, (((long) b * capacity + j) * kvHeads + kvHead) * dim, dim);
                }
                Attention.softmax(scores, length[b]);
                for (int c = 0; c < dim; c++) {
                    double sum = 0;
                    for (int j = 0; j < length[b]; j++) {
                        sum += scores[j] * values.get((((long) b * capacity + j) * kvHeads + kvHead) * dim + c);
                    }
                    out.set(qRow + c, sum);
                }
            }
        }
    }
}
