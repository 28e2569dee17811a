package org.xprompt4j.tensor.cpu;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.CrossEntropySpec;

/**
 * The rows of a cross entropy that count: uncounted rows are left out of every product.
 *
 * @param rows index of each counted row, ascending
 * @param labels label of each counted row
 */
record Labels(int[] rows, int[] labels) {
    /**
     * @throws IllegalArgumentException for a label that is neither in the vocabulary nor {@link CrossEntropySpec#IGNORED}
     */
    static Labels counted(Tensor labels, int vocab) {
        int[] all = labels.toIntArray();
        int count = 0;
        for (int row = 0; row < all.length; row++) {
            if (all[row] == CrossEntropySpec.IGNORED) {
                continue;
            }
            if (all[row] < 0 || all[row] >= vocab) {
                throw new IllegalArgumentException("linearCrossEntropy: label " + all[row] + " of row " + row
                        + " is neither in the vocabulary of " + vocab + " nor " + CrossEntropySpec.IGNORED + " (not counted)");
            }
            count++;
        }
        int[] rows = new int[count];
        int[] counted = new int[count];
        for (int row = 0, i = 0; row < all.length; row++) {
            if (all[row] != CrossEntropySpec.IGNORED) {
                rows[i] = row;
                counted[i++] = all[row];
            }
        }
        return new Labels(rows, counted);
    }

    int count() {
        return rows.length;
    }
}
