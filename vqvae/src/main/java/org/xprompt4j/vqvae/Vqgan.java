package org.xprompt4j.vqvae;

import org.xprompt4j.nn.Module;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;

/**
 * The image tokenizer: encoder, {@code quant_conv}, quantiser, {@code post_quant_conv}, decoder. Pictures of any height and
 * width that {@link VqganConfig#reduction} divides; the weights do not depend on the size.
 *
 * <pre>{@code
 * Vqgan vqgan = VqganCheckpoint.load(backend, weights, folder);      // weights: a MemoryScope
 * Ops ops = new Ops(backend, scope);
 * Tensor codes = vqgan.encode(ops, pixels);                          // [batch, h, w] of [batch, 4h, 4w, 3]
 * Tensor again = vqgan.decode(ops, codes);                           // [batch, 4h, 4w, 3]
 * }</pre>
 */
public final class Vqgan extends Module {
    private final VqganConfig config;
    private final Encoder encoder;
    private final Conv2d quantConv; // latentChannels to codeDim, 1x1
    private final Quantizer quantizer;
    private final Conv2d postQuantConv; // codeDim to latentChannels, 1x1
    private final Decoder decoder; // null in files that only encode
    private final PatchPath patchPath; // null in public checkpoints

    /** A whole model without memory; initialise it or load a checkpoint. */
    public Vqgan(VqganConfig config) {
        this(config, true);
    }

    /** A model with or without a decoder; without, it only encodes. */
    public Vqgan(VqganConfig config, boolean withDecoder) {
        this.config = config;
        encoder = child("encoder", new Encoder(config));
        // Beside a patch path the network is a correction, which starts at zero.
        quantConv = child("quant_conv", config.patchPath() ? Conv2d.closing(config.latentChannels(), config.codeDim(), 1)
                : Conv2d.of1x1(config.latentChannels(), config.codeDim()));
        quantizer = child("quantize", new Quantizer(config));
        postQuantConv = child("post_quant_conv", Conv2d.of1x1(config.codeDim(), config.latentChannels()));
        decoder = withDecoder ? child("decoder", new Decoder(config)) : null;
        patchPath = config.patchPath() ? child("patch", new PatchPath(config)) : null;
    }

    /** The sizes. */
    public VqganConfig config() {
        return config;
    }

    /** The codebook and its look-up. */
    public Quantizer quantizer() {
        return quantizer;
    }

    /** The linear path beside the network; null where the configuration has none. */
    public PatchPath patchPath() {
        return patchPath;
    }

    /** False for checkpoints that hold no decoder, as Hugging Face's Chameleon files. */
    public boolean canDecode() {
        return decoder != null;
    }

    /** The encoder's output [batch, h, w, latentChannels] before {@code quant_conv}. */
    public Tensor encoderOutput(Ops ops, Tensor pixels) {
        requireFits(pixels);
        return encoder.forward(ops, pixels);
    }

    /** Latents [batch, h, w, codeDim] of pictures [batch, height, width, 3] in [-1, 1], not yet normalised or quantised. */
    public Tensor latent(Ops ops, Tensor pixels) {
        Tensor beside = patchPath == null ? null : patchPath.in(ops, pixels);
        return quantConv.forward(ops, encoderOutput(ops, pixels), beside);
    }

    /**
     * Codes of pictures.
     *
     * @param pixels [batch, height, width, 3] in [-1, 1]; height and width are multiples of {@link VqganConfig#reduction}
     * @return [batch, height / reduction, width / reduction], I32, in raster order
     */
    public Tensor encode(Ops ops, Tensor pixels) {
        Tensor rows = quantizer.rows(ops, latent(ops, pixels));
        return quantizer.codes(ops, rows).reshape(pixels.dim(0), pixels.dim(1) / config.reduction(), pixels.dim(2) / config.reduction());
    }

    /** Codebook entries [batch, h, w, codeDim] of codes [batch, h, w] (I32). */
    public Tensor quantized(Ops ops, Tensor codes) {
        return quantizer.lookUp(ops, codes);
    }

    /**
     * Pictures of codes.
     *
     * @param codes [batch, h, w], I32
     * @return [batch, h · reduction, w · reduction, 3], about [-1, 1], not clamped
     * @throws InvalidInput when the checkpoint holds no decoder
     */
    public Tensor decode(Ops ops, Tensor codes) {
        return decodeLatent(ops, quantized(ops, codes));
    }

    /** Pictures of quantised latents [batch, h, w, codeDim]; see {@link #decode}. */
    public Tensor decodeLatent(Ops ops, Tensor latent) {
        if (decoder == null) {
            throw new InvalidInput("this checkpoint holds no image decoder (Hugging Face's Chameleon files leave it out): it turns"
                    + " pictures into codes but not codes into pictures; use a folder whose model.safetensors has decoder.* weights");
        }
        Tensor beside = patchPath == null ? null : patchPath.out(ops, latent);
        return decoder.forward(ops, postQuantConv.forward(ops, latent), beside);
    }

    private void requireFits(Tensor pixels) {
        int reduction = config.reduction();
        if (pixels.rank() != 4 || pixels.dim(3) != config.inChannels() || pixels.dim(1) < 1 || pixels.dim(2) < 1
                || pixels.dim(1) % reduction != 0 || pixels.dim(2) % reduction != 0) {
            throw new IllegalArgumentException("pictures " + pixels + " must be [batch, height, width, " + config.inChannels()
                    + "] with height and width multiples of " + reduction);
        }
    }
}
