package org.xprompt4j.vqvae.training;

import java.util.Arrays;

import org.xprompt4j.nn.Initialisation;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.vqvae.VqganConfig;

/**
 * The first weights of a model with a patch path: principal components of the pictures' patches as the two linear maps and
 * k-means (Lloyd, 1982) in those components as the codebook. No network has a part in it, it takes seconds, and training goes
 * on from there.
 */
final class PatchStart {
    private static final long STREAM = Initialisation.stream("tokenizer patch start");
    private static final int MOST_BATCHES = 4096;
    private static final double SPREAD = 2; // standard deviation of the first component, so that latents are of size about 1

    private final Backend backend;
    private final TokenizerRecipe recipe;
    private final VqganConfig model;
    private final int cell; // numbers of a patch

    PatchStart(Backend backend, TokenizerRecipe recipe) {
        this.backend = backend;
        this.recipe = recipe;
        model = recipe.model();
        cell = model.reduction() * model.reduction() * model.inChannels();
    }

    /**
     * Sets the path and the codebook.
     *
     * @param batches whose first steps the patches come from
     * @return share of the patches that chose each code [codes]
     */
    float[] apply(Vqgan vqgan, PictureBatches batches) {
        float[] patches = patches(batches);
        PrincipalComponents components = PrincipalComponents.of(patches, cell);
        int dim = model.codeDim();
        if (dim > cell) {
            throw new IllegalArgumentException("a code of " + dim + " numbers cannot be components of a patch of " + cell);
        }
        double scale = SPREAD / Math.sqrt(Math.max(components.variance(0), 1e-12));
        float[] toLatent = new float[dim * cell];
        float[] latentBias = new float[dim];
        float[] toPixels = new float[cell * dim];
        float[] pixelBias = new float[cell];
        for (int j = 0; j < cell; j++) {
            pixelBias[j] = (float) components.mean()[j];
        }
        for (int i = 0; i < dim; i++) {
            double shift = 0;
            for (int j = 0; j < cell; j++) {
                double along = components.direction(i)[j];
                toLatent[i * cell + j] = (float) (scale * along);
                toPixels[j * dim + i] = (float) (along / scale);
                shift += scale * along * components.mean()[j];
            }
            latentBias[i] = (float) -shift;
        }
        vqgan.patchPath().set(toLatent, latentBias, toPixels, pixelBias);
        return means(vqgan.quantizer().embedding().value(), latents(patches, toLatent, latentBias));
    }

    /** Patches [n, cell] of the first batches, each patch in the order (y, x, channel); n is the recipe's, or what there is. */
    private float[] patches(PictureBatches batches) {
        int wanted = recipe.codebook().startPatches();
        float[] out = new float[Math.multiplyExact(wanted, cell)];
        int side = model.reduction();
        int row = side * model.inChannels();
        int n = 0;
        for (int step = 0; n < wanted && step < MOST_BATCHES; step++) {
            PictureBatches.Batch batch = batches.at(step);
            int stride = batch.width() * model.inChannels();
            for (int b = 0; b < batch.batch() && n < wanted; b++) {
                for (int y = 0; y + side <= batch.height() && n < wanted; y += side) {
                    for (int x = 0; x + side <= batch.width() && n < wanted; x += side, n++) {
                        for (int dy = 0; dy < side; dy++) {
                            int from = (b * batch.height() + y + dy) * stride + x * model.inChannels();
                            System.arraycopy(batch.pixels(), from, out, n * cell + dy * row, row);
                        }
                    }
                }
            }
        }
        return n == wanted ? out : Arrays.copyOf(out, n * cell);
    }

    /** Rows [n, codeDim] of patches [n, cell]. */
    private float[] latents(float[] patches, float[] toLatent, float[] bias) {
        int dim = model.codeDim();
        int n = patches.length / cell;
        float[] out = new float[n * dim];
        for (int row = 0; row < n; row++) {
            for (int i = 0; i < dim; i++) {
                float sum = bias[i];
                for (int j = 0; j < cell; j++) {
                    sum += toLatent[i * cell + j] * patches[row * cell + j];
                }
                out[row * dim + i] = sum;
            }
        }
        return out;
    }

    /** Lloyd's iterations: each code becomes the mean of the rows nearest to it; a code without rows moves onto a row. */
    private float[] means(Tensor codebook, float[] rows) {
        int codes = model.codes();
        int dim = model.codeDim();
        int n = rows.length / dim;
        Philox draws = new Philox(recipe.seed(), STREAM);
        float[] entries = new float[codes * dim];
        for (int code = 0; code < codes; code++) {
            System.arraycopy(rows, draws.nextInt(n) * dim, entries, code * dim, dim);
        }
        int[] counts = new int[codes];
        try (MemoryScope scope = backend.openScope("k-means")) {
            Tensor points = scope.of(rows, n, dim);
            Tensor chosen = scope.allocate(DType.I32, n);
            for (int iteration = 0; iteration < recipe.codebook().startIterations(); iteration++) {
                codebook.set(entries);
                backend.nearestCode(points, codebook, chosen);
                int[] nearest = chosen.toIntArray();
                double[] sums = new double[codes * dim];
                Arrays.fill(counts, 0);
                for (int row = 0; row < n; row++) {
                    counts[nearest[row]]++;
                    for (int i = 0; i < dim; i++) {
                        sums[nearest[row] * dim + i] += rows[row * dim + i];
                    }
                }
                for (int code = 0; code < codes; code++) {
                    int drawn = counts[code] == 0 ? draws.nextInt(n) : 0;
                    for (int i = 0; i < dim; i++) {
                        entries[code * dim + i] = counts[code] == 0 ? rows[drawn * dim + i] : (float) (sums[code * dim + i] / counts[code]);
                    }
                }
            }
        }
        codebook.set(entries);
        float[] shares = new float[codes];
        for (int code = 0; code < codes; code++) {
            shares[code] = (float) counts[code] / n;
        }
        return shares;
    }
}
