/**
 * Training of the image tokenizer: pixel terms at several scales, gradient differences, commitment, a codebook by moving
 * averages that does not collapse, and an optional patch discriminator. Read
 * {@link org.xprompt4j.vqvae.training.TokenizerTraining} first: its private {@code step} is the whole recipe in order.
 */
package org.xprompt4j.vqvae.training;
