package org.xprompt4j.vqvae.training;

/**
 * What one step of training measured.
 *
 * @param step counts from 0
 * @param loss all terms of the tokenizer's loss
 * @param reconstruction the pixel terms alone
 * @param commitment mean square of latents minus their codes, before its weight; 0 before quantising starts
 * @param psnr of the batch in dB, peak to peak 2, from the mean squared error over the whole batch
 * @param used codes that the batch chose
 * @param perplexity exp of the entropy of the codebook's use in the moving average; 0 before quantising starts
 * @param gradientNorm before clipping
 * @param rate learning rate
 * @param adversarial the discriminator's hinge loss; 0 when it does not act
 */
public record StepMetrics(int step, float loss, float reconstruction, float commitment, float psnr, int used, float perplexity,
        float gradientNorm, float rate, float adversarial) {
    /** True when loss or gradients are not finite: the run has diverged. */
    public boolean diverged() {
        return !Float.isFinite(loss) || !Float.isFinite(gradientNorm);
    }
}
