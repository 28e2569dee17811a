/**
 * The image tokenizer of Chameleon: a VQGAN (Esser et al., 2021; Make-A-Scene's settings) that turns a picture into a grid of
 * codes and back. Read {@link org.xprompt4j.vqvae.Vqgan} first, then {@link org.xprompt4j.vqvae.Encoder},
 * {@link org.xprompt4j.vqvae.Quantizer} and {@link org.xprompt4j.vqvae.Decoder}. Files are read and written by
 * {@link org.xprompt4j.vqvae.VqganCheckpoint}; codes on disk by {@link org.xprompt4j.vqvae.TokenCache}.
 */
package org.xprompt4j.vqvae;
