package org.xprompt4j.vqvae.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xprompt4j.nn.Initialisation;
import org.xprompt4j.nn.Parameter;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.vqvae.VqganConfig;

/** Gradients of a whole VQGAN, without the quantiser's jump, against differences of the loss along random directions. */
class VqganGradientTest {
    private static final long SEED = 3;
    private static final float STEP = 2e-3f;
    private static final double TOLERANCE = 0.02; // of the largest slope: a float32 loss differs by about 1e-7 / STEP

    // Squares only: an absolute value has no slope at 0, and differences across it would disagree.
    private final ReconstructionLoss squared = new ReconstructionLoss(new TokenizerRecipe.Loss(0, 1, List.of(1f), 0, 0));

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void agreeWithDifferencesForEveryParameter(boolean patchPath) {
        VqganConfig config = new VqganConfig(8, 3, 3, 8, List.of(1, 2), 1, List.of(4), 4, 16, 4, 2, !patchPath, patchPath);
        try (Backend backend = Backends.open("scalar"); MemoryScope scope = backend.openScope("test")) {
            Vqgan vqgan = new Vqgan(config);
            vqgan.initialise(scope, SEED);
            vqgan.forEachParameter((name, p) -> Initialisation.normal(0.3f).fill(p.value(), SEED, name)); // no branch may start at zero
            vqgan.allocateGradients(backend, scope);
            PictureBatches.Batch batch = TinyRecipe.pictures(2, 8).at(0);
            try (MemoryScope memory = backend.openScope("step")) {
                Tape tape = new Tape(backend, memory);
                vqgan.watch(tape);
                tape.backward(loss(new Ops(backend, memory, tape), vqgan, batch));
            }
            double[] largest = {0};
            StringBuilder worst = new StringBuilder();
            double[] worstError = {0};
            double[] slopes = new double[2];
            vqgan.parameters().forEach((name, p) -> {
                if (!name.startsWith("quantize.")) {
                    slopes(backend, vqgan, batch, name, p, slopes);
                    largest[0] = Math.max(largest[0], Math.abs(slopes[1]));
                    if (Math.abs(slopes[0] - slopes[1]) > worstError[0]) {
                        worstError[0] = Math.abs(slopes[0] - slopes[1]);
                        worst.setLength(0);
                        worst.append(name).append(": gradient says ").append(slopes[0]).append(", differences ").append(slopes[1]);
                    }
                }
            });
            assertThat(worstError[0] / (TOLERANCE * largest[0])).as("seed %d, largest error at %s; largest slope %s; share of the tolerance used",
                    SEED, worst, largest[0]).isLessThan(1);
        }
    }

    /** The slope of the loss along one random direction of one parameter, by gradient and by differences. */
    private void slopes(Backend backend, Vqgan vqgan, PictureBatches.Batch batch, String name, Parameter p, double[] out) {
        float[] at = p.value().toFloatArray();
        float[] gradient = p.gradient().toFloatArray();
        float[] direction = new float[at.length];
        double length = 0;
        for (int i = 0; i < at.length; i++) {
            direction[i] = Philox.normal(SEED, Initialisation.stream("direction " + name), i);
            length += direction[i] * direction[i];
        }
        out[0] = 0;
        for (int i = 0; i < at.length; i++) {
            direction[i] /= (float) Math.sqrt(length);
            out[0] += direction[i] * gradient[i];
        }
        double above = lossAt(backend, vqgan, batch, p, at, direction, STEP);
        double below = lossAt(backend, vqgan, batch, p, at, direction, -STEP);
        out[1] = (above - below) / (2 * STEP);
        p.value().set(at);
    }

    private double lossAt(Backend backend, Vqgan vqgan, PictureBatches.Batch batch, Parameter p, float[] at, float[] direction, float step) {
        float[] moved = at.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += step * direction[i];
        }
        p.value().set(moved);
        try (MemoryScope memory = backend.openScope("difference")) {
            return loss(new Ops(backend, memory), vqgan, batch).item();
        }
    }

    private Tensor loss(Ops ops, Vqgan vqgan, PictureBatches.Batch batch) {
        Tensor pixels = ops.scope().of(batch.pixels(), batch.batch(), batch.height(), batch.width(), 3);
        Tensor latent = vqgan.latent(ops, pixels);
        Tensor rows = vqgan.quantizer().rows(ops, latent);
        Tensor decoded = vqgan.decodeLatent(ops, ops.reshape(rows, latent.shape().toArray()));
        return squared.of(ops, ops.subtract(decoded, pixels));
    }
}
