package org.xprompt4j.nn.chameleon;

import java.util.Arrays;

import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.CrossEntropySpec;

/**
 * Which rows of hidden states are scored against which tokens. A label stands where its token stands and is predicted at the
 * position before; only these rows go through the head. A label on the first position has no position before it and is not counted.
 *
 * @param rows [counted] I32, rows of the hidden states seen as [batch * seq, hidden]
 * @param targets [counted] I32, the token each row must predict
 * @param counted number of labels, at least 1
 */
public record NextTokenLoss(Tensor rows, Tensor targets, int counted) {
    /**
     * Collects the counted labels.
     *
     * @param labels [batch][seq]; {@link CrossEntropySpec#IGNORED} where nothing is scored
     */
    public static NextTokenLoss of(MemoryScope scope, int[][] labels, int vocabSize) {
        int seq = labels[0].length;
        int counted = 0;
        int[] rows = new int[labels.length * seq];
        int[] targets = new int[labels.length * seq];
        for (int b = 0; b < labels.length; b++) {
            if (labels[b].length != seq) {
                throw new IllegalArgumentException("labels of row " + b + " are " + labels[b].length + " long, those of row 0 are " + seq);
            }
            for (int t = 1; t < seq; t++) {
                int label = labels[b][t];
                if (label == CrossEntropySpec.IGNORED) {
                    continue;
                }
                if (label < 0 || label >= vocabSize) {
                    throw new IllegalArgumentException("label " + label + " at row " + b + ", position " + t + " is outside the vocabulary of " + vocabSize);
                }
                rows[counted] = b * seq + t - 1;
                targets[counted++] = label;
            }
        }
        if (counted == 0) {
            throw new IllegalArgumentException("no label is counted in a batch of " + labels.length + " x " + seq);
        }
        return new NextTokenLoss(scope.of(Arrays.copyOf(rows, counted), counted),
                scope.of(Arrays.copyOf(targets, counted), counted), counted);
    }
}
