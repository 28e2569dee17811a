package org.xprompt4j.bench.work;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

import org.xprompt4j.nn.Module;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.Conv2dSpec;
import org.xprompt4j.vqvae.Conv2d;
import org.xprompt4j.vqvae.GroupNorm;

/**
 * Encoder and decoder of a VQGAN as the comparison with PyTorch has them: of the layers of {@code vqvae}, but one middle block, no
 * attention, and symmetric padding when halving, so that both sides do the same work.
 */
public final class Autoencoder implements AutoCloseable {
    /**
     * Sizes.
     *
     * @param channels of the finest level
     * @param multipliers width of each level over that, fine to coarse
     * @param latent channels between encoder and decoder
     * @param batch pictures at once
     * @param side pixels of a picture's side
     */
    public record Size(int channels, List<Integer> multipliers, int latent, int batch, int side) {
        public static final Size STANDARD = new Size(48, List.of(1, 2, 2, 4), 64, 4, 128);
        public static final Size SMALL = new Size(16, List.of(1, 2), 8, 2, 12);
    }

    private static final int GROUPS = 16;

    /** A row of layers, [batch, height, width, channels] in and out. */
    private static final class Chain extends Module {
        private final List<BiFunction<Ops, Tensor, Tensor>> steps = new ArrayList<>();

        private <M extends Module> M add(M module, BiFunction<Ops, Tensor, Tensor> step) {
            steps.add(step);
            return child(Integer.toString(steps.size()), module);
        }

        void convolution(Conv2d conv) {
            add(conv, conv::forward);
        }

        void residual(int in, int out) {
            Residual block = new Residual(in, out);
            add(block, block::forward);
        }

        void normed(int channels) {
            GroupNorm norm = new GroupNorm(channels, GROUPS, Activation.SILU);
            add(norm, norm::forward);
        }

        void doubled() {
            steps.add((ops, x) -> ops.upsampleNearest(x));
        }

        Tensor forward(Ops ops, Tensor x) {
            Tensor h = x;
            for (BiFunction<Ops, Tensor, Tensor> step : steps) {
                h = step.apply(ops, h);
            }
            return h;
        }
    }

    /** Two rounds of norm, SiLU and 3x3 convolution, added to the input. */
    private static final class Residual extends Module {
        private final GroupNorm norm1;
        private final Conv2d conv1;
        private final GroupNorm norm2;
        private final Conv2d conv2;
        private final Conv2d shortcut; // null when in equals out

        Residual(int in, int out) {
            norm1 = child("norm1", new GroupNorm(in, GROUPS, Activation.SILU));
            conv1 = child("conv1", Conv2d.of3x3(in, out));
            norm2 = child("norm2", new GroupNorm(out, GROUPS, Activation.SILU));
            conv2 = child("conv2", Conv2d.of3x3(out, out));
            shortcut = in == out ? null : child("shortcut", Conv2d.of1x1(in, out));
        }

        Tensor forward(Ops ops, Tensor x) {
            Tensor h = conv1.forward(ops, norm1.forward(ops, x));
            return conv2.forward(ops, norm2.forward(ops, h), shortcut == null ? x : shortcut.forward(ops, x));
        }
    }

    private final Backend backend;
    private final MemoryScope scope;
    private final Chain encoder = new Chain();
    private final Chain decoder = new Chain();
    private final Size size;
    private final Tensor pictures; // [batch, side, side, 3]
    private final Tensor latents; // [batch, side / 2^levels, ..., latent]

    /** Both networks with first weights, and random pictures. */
    public Autoencoder(Backend backend, Size size) {
        this.backend = backend;
        this.size = size;
        this.scope = backend.openScope("autoencoder");
        int levels = size.multipliers.size();
        encoder.convolution(Conv2d.of3x3(3, size.channels));
        int in = size.channels;
        for (int level = 0; level < levels; level++) {
            int out = size.channels * size.multipliers.get(level);
            encoder.residual(in, out);
            in = out;
            if (level < levels - 1) {
                encoder.convolution(Conv2d.of(in, in, 3, new Conv2dSpec(2, 1, 1, 1, 1)));
            }
        }
        encoder.residual(in, in);
        encoder.normed(in);
        encoder.convolution(Conv2d.of3x3(in, size.latent));
        decoder.convolution(Conv2d.of3x3(size.latent, in));
        decoder.residual(in, in);
        for (int level = levels - 1; level >= 0; level--) {
            int out = size.channels * size.multipliers.get(level);
            decoder.residual(in, out);
            decoder.residual(out, out);
            in = out;
            if (level > 0) {
                decoder.doubled();
                decoder.convolution(Conv2d.of3x3(in, in));
            }
        }
        decoder.normed(in);
        decoder.convolution(Conv2d.of3x3(in, 3));
        encoder.initialise(scope, 1);
        decoder.initialise(scope, 2);
        this.pictures = scope.allocate(DType.F32, size.batch, size.side, size.side, 3);
        pictures.set(new Philox(20_261_123, 4).gaussians(Math.toIntExact(pictures.numel())));
        try (MemoryScope passing = backend.openScope("latents")) {
            Tensor z = encoder.forward(new Ops(backend, passing), pictures);
            this.latents = scope.allocate(DType.F32, z.shape());
            backend.copy(z, latents);
        }
    }

    public Size size() {
        return size;
    }

    /** All pictures to latents, which are returned as an array when asked for. */
    public float[] encode(boolean wanted) {
        return run(encoder, pictures, wanted);
    }

    /** The latents to pictures. */
    public float[] decode(boolean wanted) {
        return run(decoder, latents, wanted);
    }

    private float[] run(Chain chain, Tensor input, boolean wanted) {
        try (MemoryScope activations = backend.openScope("activations")) {
            Tensor out = chain.forward(new Ops(backend, activations), input);
            return wanted ? out.toFloatArray() : null;
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
