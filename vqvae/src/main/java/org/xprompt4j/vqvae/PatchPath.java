package org.xprompt4j.vqvae;

import org.xprompt4j.nn.Initialisation;
import org.xprompt4j.nn.Module;
import org.xprompt4j.nn.Parameter;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Conv2dSpec;

/**
 * The shortest way through a tokenizer: the pixels of a code's own cell times a matrix give its latent, and a code and its
 * eight neighbours times a matrix give the pixels of its cell. Encoder and decoder then only learn what the neighbourhood adds. Our own addition for
 * small models, which begin as principal components and k-means of patches instead of as noise; public checkpoints have none.
 */
public final class PatchPath extends Module {
    private static final int KERNEL = 3;
    private static final int CENTRE = KERNEL * KERNEL / 2;

    private final int side; // pixels of a cell along one side
    private final int channels;
    private final Parameter inWeight; // [codeDim, channels, side, side]
    private final Parameter inBias; // [codeDim]
    private final Parameter outWeight; // [side · side · channels, codeDim, 3, 3], rows in the order (y, x, channel)
    private final Parameter outBias; // [side · side · channels]

    PatchPath(VqganConfig config) {
        side = config.reduction();
        channels = config.inChannels();
        int pixels = side * side * channels;
        // None of them decays: decay would pull the start away from what it is, the best linear map.
        inWeight = vector("in.weight", Initialisation.uniform((float) (1 / Math.sqrt(pixels))), config.codeDim(), channels, side, side);
        inBias = vector("in.bias", Initialisation.zeros(), config.codeDim());
        outWeight = vector("out.weight", Initialisation.uniform((float) (1 / Math.sqrt(KERNEL * KERNEL * config.codeDim()))), pixels,
                config.codeDim(), KERNEL, KERNEL);
        outBias = vector("out.bias", Initialisation.zeros(), pixels);
    }

    /** Pictures [batch, height, width, channels] to latents [batch, height / side, width / side, codeDim]. */
    Tensor in(Ops ops, Tensor pictures) {
        return ops.conv2d(new Conv2dSpec(side, 0, 0, 0, 0), pictures, inWeight.value(), inBias.value(), null);
    }

    /** Latents [batch, h, w, codeDim] to pictures [batch, h · side, w · side, channels]. */
    Tensor out(Ops ops, Tensor latents) {
        long batch = latents.dim(0);
        long h = latents.dim(1);
        long w = latents.dim(2);
        Tensor cells = ops.conv2d(Conv2dSpec.padded(KERNEL / 2), latents, outWeight.value(), outBias.value(), null);
        Tensor rows = ops.permute(ops.reshape(cells, batch, h, w, side, side, channels), 0, 1, 3, 2, 4, 5);
        return ops.reshape(ops.contiguous(rows), batch, h * side, w * side, channels);
    }

    /**
     * Sets both maps; no neighbour has a part in the way out.
     *
     * @param toLatent [codeDim, pixels] rows over the pixels of a cell in the order (y, x, channel)
     * @param latentBias [codeDim]
     * @param toPixels [pixels, codeDim]
     * @param pixelBias [pixels]
     */
    public void set(float[] toLatent, float[] latentBias, float[] toPixels, float[] pixelBias) {
        float[] weight = new float[toLatent.length];
        int pixels = side * side * channels;
        for (int i = 0; i < weight.length; i++) { // files hold convolution weights channel by channel
            int row = i / pixels;
            int yx = i % pixels / channels;
            int channel = i % channels;
            weight[row * pixels + channel * side * side + yx] = toLatent[i];
        }
        inWeight.value().set(weight);
        inBias.value().set(latentBias);
        float[] out = new float[toPixels.length * KERNEL * KERNEL];
        for (int i = 0; i < toPixels.length; i++) {
            out[i * KERNEL * KERNEL + CENTRE] = toPixels[i];
        }
        outWeight.value().set(out);
        outBias.value().set(pixelBias);
    }

    /**
     * Adds to the way out.
     *
     * @param toPixels [pixels, codeDim, 3, 3]
     * @param pixelBias [pixels]
     */
    public void addToWayOut(float[] toPixels, float[] pixelBias) {
        outWeight.value().set(sum(outWeight.value().toFloatArray(), toPixels));
        outBias.value().set(sum(outBias.value().toFloatArray(), pixelBias));
    }

    private static float[] sum(float[] a, float[] b) {
        float[] out = a.clone();
        for (int i = 0; i < out.length; i++) {
            out[i] += b[i];
        }
        return out;
    }
}
