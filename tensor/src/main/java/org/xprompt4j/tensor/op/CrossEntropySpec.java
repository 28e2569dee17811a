package org.xprompt4j.tensor.op;

/**
 * Linear layer with cross entropy and z-loss: per counted row {@code logsumexp - logit[label] + zLoss · logsumexp²}.
 *
 * @param zLoss weight of the squared logsumexp (XPROMPT: 1e-5; 0 for none)
 */
public record CrossEntropySpec(float zLoss) {
    /** A row with this label is not counted: no loss, no gradient. */
    public static final int IGNORED = -100;
}
