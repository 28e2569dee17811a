package org.xprompt4j.vqvae;

import org.xprompt4j.nn.Initialisation;
import org.xprompt4j.nn.Module;
import org.xprompt4j.nn.Parameter;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;

/**
 * Replaces each latent vector by the nearest entry of a codebook (van den Oord et al., 2017). With
 * {@link VqganConfig#normalizeCodes} vectors and entries lie on the unit sphere (ViT-VQGAN, Yu et al., 2022), which keeps the
 * whole codebook in use; public checkpoints do without.
 */
public final class Quantizer extends Module {
    private static final float EPS = 1e-12f; // on the mean square: only a zero vector notices

    private final int codeDim;
    private final boolean normalize;
    private final Parameter embedding; // [codes, codeDim]

    Quantizer(VqganConfig config) {
        codeDim = config.codeDim();
        normalize = config.normalizeCodes();
        embedding = vector("embedding.weight", normalize ? Initialisation.normal((float) (1 / Math.sqrt(codeDim)))
                : Initialisation.uniform(1f / config.codes()), config.codes(), codeDim);
    }

    /** The codebook [codes, codeDim]; never decays. */
    public Parameter embedding() {
        return embedding;
    }

    /** Latents [batch, height, width, codeDim] as rows [batch · height · width, codeDim], of length 1 where the model normalises. */
    public Tensor rows(Ops ops, Tensor latent) {
        Tensor rows = ops.reshape(latent, -1, codeDim);
        if (!normalize) {
            return rows;
        }
        // RMSNorm divides by length/sqrt(codeDim); this weight makes that the length.
        Tensor unit = ops.scope().allocate(DType.F32, codeDim);
        ops.backend().fill(unit, (float) (1 / Math.sqrt(codeDim)));
        return ops.rmsNorm(rows, unit, EPS);
    }

    /** Codes [n] (I32) of {@link #rows} [n, codeDim]: the nearest entry, the first one on ties. */
    public Tensor codes(Ops ops, Tensor rows) {
        return ops.nearestCode(rows, embedding.value());
    }

    /** Codebook entries [..., codeDim] of codes [...] (I32). */
    public Tensor lookUp(Ops ops, Tensor codes) {
        return ops.embedding(embedding.value(), codes);
    }
}
