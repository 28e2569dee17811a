package org.xprompt4j.tensor.op;

/**
 * Group normalisation of a channels-last picture with the activation that follows it.
 *
 * @param groups number of groups; divides the channels (VQGAN: 32)
 * @param eps added to the variance (VQGAN: 1e-6)
 * @param activation applied to the result (VQGAN: SILU)
 */
public record GroupNormSpec(int groups, float eps, Activation activation) {
}
