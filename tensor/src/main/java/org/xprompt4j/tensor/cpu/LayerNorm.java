package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.Tensor;

/** LayerNorm (Ba et al., 2016) over the last axis; the row mathematics also serves {@link QkNormRope}. */
final class LayerNorm {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    // Scratch slots: X and G of a task; PARAMETERS and PARTIALS of the caller.
    private static final int X = 0;
    private static final int G = 1;
    private static final int PARAMETERS = 2;
    private static final int PARTIALS = 3;

    private LayerNorm() {
    }

    /** x [rows, dim], weight [dim], bias [dim], out [rows, dim]. */
    static void forward(float eps, Tensor x, Tensor weight, Tensor bias, Tensor out) {
        int dim = x.size(1);
        int width = Rows.padded(dim);
        RowChunks chunks = RowChunks.of(x.dim(0), dim);
        float[] parameters = Scratch.get().floats(PARAMETERS, 2 * width); // weight, bias: [2, dim]
        Rows.loadParameter(weight, 0, dim, parameters, 0);
        Rows.loadParameter(bias, 0, dim, parameters, width);
        MemorySegment from = x.segment();
        MemorySegment to = out.segment();
        WorkerPool.shared().parallelFor(chunks.count(), chunk -> {
            float[] row = Scratch.get().floats(X, width); // [dim]
            for (int r = chunks.from(chunk); r < chunks.to(chunk); r++) {
                long at = 4L * r * dim;
                Rows.load(from, at, dim, row, 0);
                float inverse = center(row, 0, dim, width, eps);
                affine(row, 0, inverse, parameters, 0, parameters, width, width);
                Rows.store(row, 0, dim, to, at);
            }
        });
    }

    /**
     * Subtracts the mean of a padded row with one stretch of padding at its end.
     *
     * @return 1 / sqrt(variance + eps)
     */
    static float center(float[] row, int at, int dim, int width, float eps) {
        subtract(row, at, Rows.sum(row, at, width) / dim, width);
        for (int i = dim; i < width; i++) {
            row[at + i] = 0;
        }
        return inverseStd(row, at, dim, width, eps);
    }

    static void subtract(float[] row, int at, float mean, int width) {
        for (int i = 0; i < width; i += L) {
            FloatVector.fromArray(F, row, at + i).sub(mean).intoArray(row, at + i);
        }
    }

    /** 1 / sqrt(variance + eps) of a centred row whose padding is zero. */
    static float inverseStd(float[] row, int at, int dim, int width, float eps) {
        return (float) (1 / Math.sqrt(Rows.dot(row, at, row, at, width) / dim + eps));
    }

    /** row = row · inverse ⊙ weight + bias. */
    static void affine(float[] row, int at, float inverse, float[] weight, int weightAt, float[] bias, int biasAt, int width) {
        for (int i = 0; i < width; i += L) {
            FloatVector.fromArray(F, row, at + i).mul(inverse)
                    .fma(FloatVector.fromArray(F, weight, weightAt + i), FloatVector.fromArray(F, bias, biasAt + i))
                    .intoArray(row, at + i);
        }
    }

    /** g becomes the gradient of the input: inverse (g - mean(g) - x̂ mean(g ⊙ x̂)), x̂ = centred · inverse. */
    static void inputGradient(float[] centred, int at, float[] g, int gAt, float inverse, int dim, int width) {
        float mean = Rows.sum(g, gAt, width) / dim;
        float projection = Rows.dot(g, gAt, centred, at, width) / dim * inverse * inverse;
        for (int i = 0; i < width; i += L) {
            FloatVector.fromArray(F, g, gAt + i).sub(mean).sub(FloatVector.fromArray(F, centred, at + i).mul(projection)).mul(inverse)
                    .intoArray(g, gAt + i);
        }
    }

    /** Gradients: dX [rows, dim], dWeight [dim], dBias [dim], each may be null. */
    static void backward(float eps, Tensor x, Tensor weight, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias) {
        int dim = x.size(1);
        int width = Rows.padded(dim);
        RowChunks chunks = RowChunks.withPartials(x.dim(0), dim);
        float[] w = Scratch.get().floats(PARAMETERS, width); // [dim]
        Rows.loadParameter(weight, 0, dim, w, 0);
        float[] partials = chunks.partials(PARTIALS, 2 * width); // [chunks, 2, dim]: dWeight, dBias
        MemorySegment xs = x.segment();
        MemorySegment ds = dOut.segment();
        MemorySegment to = dX == null ? null : dX.segment();
        WorkerPool.shared().parallelFor(chunks.count(), chunk -> {
            float[] row = Scratch.get().floats(X, width); // [dim]
            float[] g = Scratch.get().floats(G, width); // [dim]
            int sums = chunk * 2 * width;
            for (int r = chunks.from(chunk); r < chunks.to(chunk); r++) {
                long at = 4L * r * dim;
                Rows.load(xs, at, dim, row, 0);
                Rows.load(ds, at, dim, g, 0);
                float inverse = center(row, 0, dim, width, eps);
                Rows.accumulateProduct(row, 0, g, 0, inverse, partials, sums, width);
                Rows.accumulate(g, 0, partials, sums + width, width);
                if (to != null) {
                    Rows.multiply(g, 0, w, 0, g, 0, width);
                    inputGradient(row, 0, g, 0, inverse, dim, width);
                    Rows.add(g, 0, dim, to, at);
                }
            }
        });
        if (dWeight != null) {
            chunks.addPartials(partials, 2 * width, 0, dim, dWeight, 0);
        }
        if (dBias != null) {
            chunks.addPartials(partials, 2 * width, width, dim, dBias, 0);
        }
    }
}
