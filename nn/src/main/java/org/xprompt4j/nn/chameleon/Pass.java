package org.xprompt4j.nn.chameleon;

import java.util.Objects;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;

/**
 * How one forward pass goes: where its tokens stand, who sees whom, and what is kept. Four forms, by factory:
 * {@link #whole} without a cache, {@link #training} with dropout, {@link #prefill} behind a cache, {@link #step} of decoding.
 *
 * @param positions [batch, seq] I32, for the rotary embedding; independent of cache indices
 * @param mask queries are the tokens of this pass, keys those of the cache and of this pass; null for a step
 * @param cache receives the keys and values of this pass; null for none
 * @param dropout of the residual branches; acts on a tape only
 */
public record Pass(Tensor positions, AttentionMask mask, KvCache cache, Dropout dropout) {
    /** Refuses a pass with neither mask nor cache. */
    public Pass {
        Objects.requireNonNull(positions, "positions");
        Objects.requireNonNull(dropout, "dropout");
        if (mask == null && cache == null) {
            throw new IllegalArgumentException("a pass needs a mask or a cache");
        }
    }

    /** All tokens at once, nothing kept. */
    public static Pass whole(Tensor positions, AttentionMask mask) {
        return new Pass(positions, mask, null, Dropout.NONE);
    }

    /** All tokens at once, with dropout. */
    public static Pass training(Tensor positions, AttentionMask mask, Dropout dropout) {
        return new Pass(positions, mask, null, dropout);
    }

    /** Tokens behind those in the cache, whose rows must be equally long; their keys and values are appended. */
    public static Pass prefill(Tensor positions, AttentionMask mask, KvCache cache) {
        return new Pass(positions, Objects.requireNonNull(mask, "mask"), Objects.requireNonNull(cache, "cache"), Dropout.NONE);
    }

    /** One token for each row of the cache, whatever the rows' lengths; it sees the whole row. */
    public static Pass step(Tensor positions, KvCache cache) {
        return new Pass(positions, null, Objects.requireNonNull(cache, "cache"), Dropout.NONE);
    }

    boolean isStep() {
        return mask == null;
    }
}
