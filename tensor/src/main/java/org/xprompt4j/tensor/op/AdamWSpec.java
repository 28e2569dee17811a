package org.xprompt4j.tensor.op;

/**
 * One AdamW step (Loshchilov and Hutter, 2019): w ← w(1 - lr·decay), then the bias-corrected update with eps outside the root.
 *
 * @param step counts from 1
 */
public record AdamWSpec(float lr, float beta1, float beta2, float eps, float weightDecay, int step) {
}
