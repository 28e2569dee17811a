package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.Tensor;

/** RMSNorm (Zhang and Sennrich, 2019): out = weight ⊙ x / sqrt(mean(x²) + eps), one row after the other. */
final class RmsNorm {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    // Scratch slots: X, G and OUT of a task; WEIGHT and PARTIALS of the caller.
    private static final int X = 0;
    private static final int G = 1;
    private static final int WEIGHT = 2;
    private static final int PARTIALS = 3;

    private RmsNorm() {
    }

    /** x [rows, dim], weight [dim], out [rows, dim], inverseRms [rows] or null. */
    static void forward(float eps, Tensor x, Tensor weight, Tensor out, Tensor inverseRms) {
        int dim = x.size(1);
        RowChunks chunks = RowChunks.of(x.dim(0), dim);
        float[] w = Scratch.get().floats(WEIGHT, Rows.padded(dim)); // [dim]
        Rows.loadParameter(weight, 0, dim, w, 0);
        MemorySegment from = x.segment();
        MemorySegment to = out.segment();
        MemorySegment kept = inverseRms == null ? null : inverseRms.segment();
        WorkerPool.shared().parallelFor(chunks.count(), chunk -> {
            float[] row = Scratch.get().floats(X, Rows.padded(dim)); // [dim]
            for (int r = chunks.from(chunk); r < chunks.to(chunk); r++) {
                long at = 4L * r * dim;
                Rows.load(from, at, dim, row, 0);
                float inverse = inverse(Rows.dot(row, 0, row, 0, Rows.padded(dim)), dim, eps);
                scale(row, w, inverse, Rows.padded(dim));
                Rows.store(row, 0, dim, to, at);
                if (kept != null) {
                    kept.set(ValueLayout.JAVA_FLOAT, 4L * r, inverse);
                }
            }
        });
    }

    private static float inverse(float sumOfSquares, int dim, float eps) {
        return (float) (1 / Math.sqrt(sumOfSquares / dim + eps));
    }

    private static void scale(float[] row, float[] w, float inverse, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, row, i).mul(inverse).mul(FloatVector.fromArray(F, w, i)).intoArray(row, i);
        }
    }

    /**
     * With g = weight ⊙ dOut and r = inverseRms: dX += r g - x r³ mean(g ⊙ x), dWeight += Σ rows of r dOut ⊙ x.
     */
    static void backward(Tensor x, Tensor weight, Tensor inverseRms, Tensor dOut, Tensor dX, Tensor dWeight) {
        int dim = x.size(1);
        int width = Rows.padded(dim);
        RowChunks chunks = RowChunks.withPartials(x.dim(0), dim);
        float[] w = Scratch.get().floats(WEIGHT, width); // [dim]
        Rows.loadParameter(weight, 0, dim, w, 0);
        float[] partials = dWeight == null ? null : chunks.partials(PARTIALS, width); // [chunks, dim]
        MemorySegment xs = x.segment();
        MemorySegment ds = dOut.segment();
        MemorySegment kept = inverseRms.segment();
        MemorySegment to = dX == null ? null : dX.segment();
        WorkerPool.shared().parallelFor(chunks.count(), chunk -> {
            float[] row = Scratch.get().floats(X, width); // [dim]
            float[] g = Scratch.get().floats(G, width); // [dim]
            for (int r = chunks.from(chunk); r < chunks.to(chunk); r++) {
                long at = 4L * r * dim;
                Rows.load(xs, at, dim, row, 0);
                Rows.load(ds, at, dim, g, 0);
                float inverse = kept.get(ValueLayout.JAVA_FLOAT, 4L * r);
                if (partials != null) {
                    Rows.accumulateProduct(row, 0, g, 0, inverse, partials, chunk * width, width);
                }
                if (to != null) {
                    Rows.multiply(g, 0, w, 0, g, 0, width);
                    float projection = Rows.dot(row, 0, g, 0, width) / dim * inverse * inverse * inverse;
                    inputGradient(row, g, inverse, projection, width);
                    Rows.add(g, 0, dim, to, at);
                }
            }
        });
        if (partials != null) {
            chunks.addPartials(partials, width, 0, dim, dWeight, 0);
        }
    }

    private static void inputGradient(float[] row, float[] g, float inverse, float projection, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, g, i).mul(inverse).sub(FloatVector.fromArray(F, row, i).mul(projection)).intoArray(g, i);
        }
    }
}
