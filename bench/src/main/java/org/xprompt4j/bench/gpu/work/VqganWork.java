package org.xprompt4j.bench.gpu.work;

import java.util.List;
import java.util.Map;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.vqvae.VqganConfig;

/** Pictures through Chameleon's VQGAN: to latents, and from latents back. A small one is compared with plain loops first. */
final class VqganWork {
    /** Chameleon's. */
    static final VqganConfig CHAMELEON = config(512, 128, List.of(1, 1, 2, 2, 4), 2, 256, 8_192);
    /** For plain loops. */
    static final VqganConfig SMALL = config(16, 32, List.of(1, 2), 1, 8, 64);

    private VqganWork() {
    }

    private static VqganConfig config(int resolution, int channels, List<Integer> multipliers, int blocks, int latent, int codes) {
        return new VqganConfig(resolution, 3, 3, channels, multipliers, blocks, List.of(), latent, codes, latent, 32, false, false);
    }

    static GpuWork of(Precision precision, VqganConfig config, int batch, boolean decode) {
        int side = config.resolution();
        int small = side / config.reduction();
        double flops = 2.0 * batch * multiplyAdds(config, decode);
        // The least of memory is pictures and latents; activations, which no cache holds, depend on what is fused.
        double bytes = 4.0 * batch * (3.0 * side * side + (double) small * small * config.codeDim());
        return new GpuWork(decode ? "vqgan.decode" : "vqgan.encode", batch + "x" + side + "x" + side, precision, flops, bytes, place -> {
            Backend backend = place.backend();
            Vqgan model = new Vqgan(config);
            RandomWeights.bind(backend, place.operands(), model, place.scope(), DType.F32);
            Tensor input = decode ? place.normal(batch, small, small, config.codeDim()) : place.normal(batch, side, side, 3);
            return new Ready(1, set -> {
                try (MemoryScope activations = backend.openScope("activations")) {
                    run(model, new Ops(backend, activations), input, decode);
                }
            }, () -> check(place, precision, decode));
        }).against("vqgan", Map.of("batch", batch, "side", side, "decode", decode, "bf16", precision == Precision.BF16));
    }

    private static Tensor run(Vqgan model, Ops ops, Tensor input, boolean decode) {
        return decode ? model.decodeLatent(ops, input) : model.latent(ops, input);
    }

    private static void check(Place place, Precision precision, boolean decode) {
        int small = SMALL.resolution() / SMALL.reduction();
        Tensor input = decode ? place.normal(1, small, small, SMALL.codeDim()) : place.normal(1, SMALL.resolution(), SMALL.resolution(), 3);
        WrongResult.requireClose(decode ? "VQGAN's decoder" : "VQGAN's encoder", small(place.oracle(), place.onHost(input), decode),
                small(place.backend(), input, decode), 4 * precision.bound());
    }

    /** Same seed, same weights on either device. */
    private static float[] small(Backend backend, Tensor input, boolean decode) {
        try (MemoryScope scope = backend.openScope("small VQGAN")) {
            Vqgan model = new Vqgan(SMALL);
            model.initialise(scope, 3);
            return run(model, new Ops(backend, scope), input, decode).toFloatArray();
        }
    }

    /** Of one picture: convolutions and the attention of the middle. */
    static double multiplyAdds(VqganConfig config, boolean decode) {
        int levels = config.multipliers().size();
        double side = config.resolution();
        double sum = 9.0 * side * side * 3 * config.channels(); // the first of the encoder, the last of the decoder
        double in = config.channels();
        for (int level = 0; level < levels; level++) { // the decoder mirrors the encoder and has a block more a level
            double out = (double) config.channels() * config.multipliers().get(level);
            double next = level + 1 < levels ? (double) config.channels() * config.multipliers().get(level + 1) : out;
            double pixels = side * side;
            sum += pixels * block(decode ? next : in, out) + pixels * (config.resBlocks() - (decode ? 0 : 1)) * block(out, out);
            if (level < levels - 1) {
                side /= 2;
                sum += 9 * (decode ? 4 * side * side * next * next : side * side * out * out); // halving, or doubling of the level below
            }
            in = out;
        }
        double pixels = side * side;
        sum += pixels * (2 * block(in, in) + 4 * in * in + 2 * pixels * in); // middle: two blocks, attention
        return sum + pixels * (9.0 * in * config.latentChannels() + (double) config.latentChannels() * config.codeDim());
    }

    private static double block(double in, double out) {
        return 9 * in * out + 9 * out * out + (in == out ? 0 : in * out);
    }
}
