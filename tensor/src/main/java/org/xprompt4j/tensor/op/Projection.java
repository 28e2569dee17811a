package org.xprompt4j.tensor.op;

import org.xprompt4j.tensor.Tensor;

/**
 * One of several linear layers of the same input, as {@link org.xprompt4j.tensor.Backend#projections} takes them:
 * out = epilogue(a · weightᵀ), or epilogue((a · weightᵀ) ⊙ scales) of a quantised weight.
 *
 * @param weight [n, k], F32 or BF16; I8 with scales
 * @param scales [n], F32; null for a weight that is not quantised
 * @param epilogue bias [n], multiplier and residual [m, n]
 * @param out [m, n]
 */
public record Projection(Tensor weight, Tensor scales, Epilogue epilogue, Tensor out) {
}
