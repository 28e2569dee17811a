package org.xprompt4j.tensor.op;

/**
 * LayerNorm over each head's numbers, then rotary position embedding on halves (i, i + headDim/2), as Hugging Face's Chameleon.
 *
 * @param eps added to the variance (Chameleon: 1e-5)
 * @param theta base of the rotary frequencies (Chameleon: 10000)
 */
public record QkNormRopeSpec(float eps, float theta) {
}
