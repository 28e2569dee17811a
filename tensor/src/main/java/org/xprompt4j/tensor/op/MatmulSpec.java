package org.xprompt4j.tensor.op;

/**
 * Orders of a matrix product.
 *
 * @param transposeA the first operand is stored [k, m] instead of [m, k]
 * @param transposeB the second operand is stored [n, k] instead of [k, n]; linear layers keep weights [out, in] and use this
 * @param accumulate adds to what the output holds; takes no epilogue
 */
public record MatmulSpec(boolean transposeA, boolean transposeB, boolean accumulate) {
    /** a [m, k] times b [k, n]. */
    public static final MatmulSpec NN = new MatmulSpec(false, false, false);
    /** a [m, k] times the transpose of b [n, k]: a linear layer. */
    public static final MatmulSpec NT = new MatmulSpec(false, true, false);
    /** The transpose of a [k, m] times b [k, n]: a weight gradient. */
    public static final MatmulSpec TN = new MatmulSpec(true, false, false);

    /** The same product, added to the output. */
    public MatmulSpec accumulating() {
        return new MatmulSpec(transposeA, transposeB, true);
    }
}
