package org.xprompt4j.xprompt.reproduce;

import java.nio.file.Path;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.SafetensorsWriter;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.vqvae.VqganCheckpoint;

/** Pictures through an image tokenizer: latent, codes, codebook entries, picture. */
final class VqganReproduction {
    private VqganReproduction() {
    }

    static void run(Backend backend, Path folder, Path out) {
        try (FixtureInputs inputs = new FixtureInputs(folder); MemoryScope scope = backend.openScope("reproduction")) {
            Vqgan vqgan = VqganCheckpoint.load(backend, scope, folder);
            if (!vqgan.canDecode()) {
                throw new InvalidInput(folder.resolve("model.safetensors") + ": tensors decoder.* are missing");
            }
            Ops ops = new Ops(backend, scope);
            Tensor pixels = inputs.pictures("pixels", scope, vqgan.config().inChannels(), vqgan.config().reduction());
            Tensor latent = vqgan.latent(ops, pixels); // [batch, h, w, codeDim]
            Tensor codes = vqgan.quantizer().codes(ops, vqgan.quantizer().rows(ops, latent)) // [batch, h, w]
                    .reshape(latent.dim(0), latent.dim(1), latent.dim(2));
            Tensor quantized = vqgan.quantized(ops, codes);
            new SafetensorsWriter()
                    .add("encoder_latent", FixtureInputs.channelsFirst(ops, latent))
                    .add("tokens", FixtureInputs.raster(codes))
                    .add("quantized", FixtureInputs.channelsFirst(ops, quantized))
                    .add("decoded", FixtureInputs.channelsFirst(ops, vqgan.decodeLatent(ops, quantized)))
                    .writeTo(out);
        }
    }
}
