package org.xprompt4j.tensor.scalar;

import java.util.Arrays;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.CrossEntropySpec;

/**
 * Cross entropy of a linear layer: with {@code logits = hidden · weightᵀ} and {@code z = logsumexp(logits)},
 * {@code loss = z - logits[label] + zLoss z²} (z-loss: Chowdhery et al., 2022, section 5). Backward:
 * {@code dLogits = scale (softmax (1 + 2 zLoss z) - [label])}, then {@code dHidden = dLogits · weight}, {@code dWeight = dLogitsᵀ · hidden}.
 */
final class LinearCrossEntropy {
    private LinearCrossEntropy() {
    }

    /** hidden [rows, dim], weight [vocab, dim], labels [rows], rowLoss [rows], logSumExp [rows]. */
    static void forward(CrossEntropySpec spec, Tensor hiddenTensor, Tensor weightTensor, Tensor labels, Tensor rowLossTensor,
            Tensor logSumExpTensor) {
        FloatView hidden = FloatView.of(hiddenTensor);
        FloatView weight = FloatView.of(weightTensor);
        FloatView rowLoss = FloatView.of(rowLossTensor);
        FloatView logSumExp = FloatView.of(logSumExpTensor);
        long dim = hiddenTensor.dim(1);
        double[] logits = new double[weightTensor.size(0)];
        int[] label = checkedLabels(labels, logits.length);
        for (int row = 0; row < label.length; row++) {
            if (label[row] == CrossEntropySpec.IGNORED) {
                rowLoss.set(row, 0);
                logSumExp.set(row, 0);
                continue;
            }
            for (int j = 0; j < logits.length; j++) {
                logits[j] = Attention.dot(hidden, row * dim, weight, j * dim, dim);
            }
            double labelLogit = logits[label[row]];
            double z = Attention.softmax(logits, logits.length);
            rowLoss.set(row, z - labelLogit + spec.zLoss() * z * z);
            logSumExp.set(row, z);
        }
    }

    /** dHidden [rows, dim] and dWeight [vocab, dim] are added to; either may be null. */
    static void backward(CrossEntropySpec spec, Tensor hiddenTensor, Tensor weightTensor, Tensor labels, Tensor logSumExpTensor, float rowScale,
            Tensor dLoss,
            Tensor dHiddenTensor, Tensor dWeightTensor) {
        float scale = dLoss == null ? rowScale : rowScale * dLoss.item();
        FloatView hidden = FloatView.of(hiddenTensor);
        FloatView weight = FloatView.of(weightTensor);
        FloatView logSumExp = FloatView.of(logSumExpTensor);
        int dim = hiddenTensor.size(1);
        int vocab = weightTensor.size(0);
        double[] dHidden = new double[dim];
        double[] dWeight = new double[dWeightTensor == null ? 0 : vocab * dim];
        int[] label = checkedLabels(labels, vocab);
        for (int row = 0; row < label.length; row++) {
            if (label[row] == CrossEntropySpec.IGNORED) {
                continue;
            }
            double z = logSumExp.get(row);
            Arrays.fill(dHidden, 0);
            for (int j = 0; j < vocab; j++) {
                double p = Math.exp(Attention.dot(hidden, (long) row * dim, weight, (long) j * dim, dim) - z);
                double dLogit = scale * (p * (1 + 2 * spec.zLoss() * z) - (j == label[row] ? 1 : 0));
                for (int c = 0; c < dim; c++) {
                    dHidden[c] += dLogit * weight.get((long) j * dim + c);
                    if (dWeightTensor != null) {
                        dWeight[j * dim + c] += dLogit * hidden.get((long) row * dim + c);
                    }
                }
            }
            if (dHiddenTensor != null) {
                FloatView.of(dHiddenTensor).addAll((long) row * dim, dHidden);
            }
        }
        if (dWeightTensor != null) {
            FloatView.of(dWeightTensor).addAll(dWeight);
        }
    }

    private static int[] checkedLabels(Tensor labels, int vocab) {
        int[] label = labels.toIntArray();
        for (int row = 0; row < label.length; row++) {
            if (label[row] != CrossEntropySpec.IGNORED && (label[row] < 0 || label[row] >= vocab)) {
                throw new IllegalArgumentException("linearCrossEntropy: label " + label[row] + " of row " + row
                        + " is neither in the vocabulary of " + vocab + " nor " + CrossEntropySpec.IGNORED + " (not counted)");
            }
        }
        return label;
    }
}
