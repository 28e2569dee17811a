package org.xprompt4j.tensor.op;

/**
 * Scaled dot-product attention under a mask.
 *
 * @param scale factor on q·k, usually 1/sqrt(headDim)
 * @param mask who may attend to whom, the same for every batch row and head
 */
public record AttentionSpec(float scale, AttentionMask mask) {
}
