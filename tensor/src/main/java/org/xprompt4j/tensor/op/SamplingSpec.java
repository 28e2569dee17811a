package org.xprompt4j.tensor.op;

import org.xprompt4j.tensor.Philox;

/**
 * One draw per row from logits. In this order: guidance mix, limit to the allowed range, temperature, top-k, top-p, then the
 * argmax of logit/temperature plus Gumbel noise of (seed, stream, position, token), ties to the lower token.
 *
 * <p>Exactly, so that every device draws the same token from equal logits (all float32, no fused multiply-add, left to right):
 * <ol>
 * <li>x = u + imageScale·(i - u) + fullScale·(f - i); without image-only rows u + fullScale·(f - u); without unconditional rows f.
 * <li>Temperature 0: the largest x of the allowed range, ties to the lower token; nothing else applies.
 * <li>s = x / temperature.
 * <li>Top-k: tokens with s below the k-th largest s of the range are dropped.
 * <li>Top-p: with the kept tokens sorted by falling s, then rising token, and p = exp(s - max s) in float64, the shortest prefix
 * whose sum is at least topP times the sum over all kept tokens stays. topP 1 keeps all.
 * <li>The largest s + {@link #noise} of what stays, ties to the lower token.
 * </ol>
 *
 * @param temperature divides the logits; 0 takes the largest logit (no noise)
 * @param topK keeps the k largest (ties of the k-th kept); 0 keeps all
 * @param topP keeps the smallest set of largest probabilities whose mass reaches p, at least one; 1 keeps all
 * @param firstAllowed first token id that may be drawn
 * @param allowedCount number of ids from there that may be drawn
 * @param seed key of the noise
 * @param imageScale guidance weight of (image-only - unconditional) logits
 * @param fullScale guidance weight of (full - image-only) logits; without image-only rows, of (full - unconditional)
 */
public record SamplingSpec(
        float temperature, int topK, float topP, int firstAllowed, int allowedCount, long seed, float imageScale, float fullScale) {
    /** Refuses values outside of their ranges. */
    public SamplingSpec {
        if (!(temperature >= 0) || topK < 0 || !(topP > 0 && topP <= 1) || firstAllowed < 0 || allowedCount < 1) {
            throw new IllegalArgumentException("sampling needs temperature >= 0, top-k >= 0, 0 < top-p <= 1 and an allowed range, got "
                    + "temperature " + temperature + ", top-k " + topK + ", top-p " + topP + ", allowed " + firstAllowed + "+" + allowedCount);
        }
    }

    /**
     * The Gumbel noise of one token: draw number {@code position · vocab + token} of the row's stream.
     *
     * @param stream noise stream of the row, sign-extended
     * @param position position of the draw, not negative
     * @param token token id, counted over the whole vocabulary
     * @param vocab number of columns of the logits
     */
    public float noise(int stream, int position, int token, int vocab) {
        return Philox.gumbel(seed, stream, (long) position * vocab + token);
    }
}
