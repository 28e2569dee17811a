package org.xprompt4j.tensor.op;

/**
 * One draw per row from logits. In this order: guidance mix, limit to the allowed range, temperature, top-k, top-p, then the
 * argmax of logit/temperature plus Gumbel noise of (seed, stream, position, token), ties to the lower token.
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
    public SamplingSpec {
        if (!(temperature >= 0) || topK < 0 || !(topP > 0 && topP <= 1) || firstAllowed < 0 || allowedCount < 1) {
            throw new IllegalArgumentException("sampling needs temperature >= 0, top-k >= 0, 0 < top-p <= 1 and an allowed range, got "
                    + "temperature " + temperature + ", top-k " + topK + ", top-p " + topP + ", allowed " + firstAllowed + "+" + allowedCount);
        }
    }
}
