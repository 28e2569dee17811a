package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.QkNormRopeSpec;

/**
 * LayerNorm of each head and the rotation of its halves by the angles of its position (Su et al., 2021, in Hugging Face's
 * order). In scratch a head lies as two halves, each padded to whole vectors, so that number i meets its partner in one lane.
 */
final class QkNormRope {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    // Scratch slots: X and G of a task; PARAMETERS and PARTIALS of the caller.
    private static final int X = 0;
    private static final int G = 1;
    private static final int PARAMETERS = 2;
    private static final int PARTIALS = 3;

    private QkNormRope() {
    }

    /** The sizes of one call. */
    private record Sizes(int heads, int headDim, int groups) {
        static Sizes of(Tensor x, Tensor weight) {
            return new Sizes(x.size(2), x.size(3), weight.size(0));
        }

        int half() {
            return headDim / 2;
        }

        /** A padded half. */
        int halfWidth() {
            return Rows.padded(half());
        }

        /** A padded head. */
        int width() {
            return 2 * halfWidth();
        }

        /** The row of weight and bias that a head uses. */
        int group(int head) {
            return head / (heads / groups);
        }
    }

    /** x [batch, seq, heads, headDim], weight and bias [groups, headDim], positions [batch, seq], out as x. */
    static void forward(QkNormRopeSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor positions, Tensor out) {
        Sizes sizes = Sizes.of(x, weight);
        int width = sizes.width();
        RowChunks chunks = RowChunks.of(x.dim(0) * x.dim(1), sizes.heads * sizes.headDim);
        float[] parameters = Scratch.get().floats(PARAMETERS, 2 * sizes.groups * width); // weight, bias: [2, groups, width]
        loadParameter(sizes, weight, parameters, 0);
        loadParameter(sizes, bias, parameters, sizes.groups * width);
        MemorySegment at = positions.segment();
        RotaryTable table = RotaryTable.of(spec.theta(), sizes.headDim, largest(at, chunks.rows()));
        MemorySegment from = x.segment();
        MemorySegment to = out.segment();
        WorkerPool.shared().parallelFor(chunks.count(), chunk -> {
            float[] rows = Scratch.get().floats(X, sizes.heads * width); // [heads, width]
            for (int r = chunks.from(chunk); r < chunks.to(chunk); r++) {
                int angle = table.row(at.get(ValueLayout.JAVA_INT, 4L * r));
                load(sizes, from, r, rows);
                for (int head = 0; head < sizes.heads; head++) {
                    int group = sizes.group(head) * width;
                    float inverse = center(sizes, rows, head * width, spec.eps());
                    LayerNorm.affine(rows, head * width, inverse, parameters, group, parameters, sizes.groups * width + group, width);
                    rotate(rows, head * width, sizes.halfWidth(), table.cos(), table.sin(), angle, 1);
                }
                store(sizes, rows, r, to, false);
            }
        });
    }

    /** Gradients: dX as x, dWeight and dBias [groups, headDim], each may be null. */
    static void backward(QkNormRopeSpec spec, Tensor x, Tensor weight, Tensor positions, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias) {
        Sizes sizes = Sizes.of(x, weight);
        int width = sizes.width();
        int groupsWidth = sizes.groups * width;
        RowChunks chunks = RowChunks.withPartials(x.dim(0) * x.dim(1), sizes.heads * sizes.headDim);
        float[] w = Scratch.get().floats(PARAMETERS, groupsWidth); // [groups, width]
        loadParameter(sizes, weight, w, 0);
        float[] partials = chunks.partials(PARTIALS, 2 * groupsWidth); // [chunks, 2, groups, width]: dWeight, dBias
        MemorySegment at = positions.segment();
        RotaryTable table = RotaryTable.of(spec.theta(), sizes.headDim, largest(at, chunks.rows()));
        MemorySegment xs = x.segment();
        MemorySegment ds = dOut.segment();
        MemorySegment to = dX == null ? null : dX.segment();
        WorkerPool.shared().parallelFor(chunks.count(), chunk -> {
            float[] rows = Scratch.get().floats(X, sizes.heads * width); // [heads, width]
            float[] g = Scratch.get().floats(G, sizes.heads * width); // [heads, width]
            for (int r = chunks.from(chunk); r < chunks.to(chunk); r++) {
                int angle = table.row(at.get(ValueLayout.JAVA_INT, 4L * r));
                load(sizes, xs, r, rows);
                load(sizes, ds, r, g);
                for (int head = 0; head < sizes.heads; head++) {
                    int row = head * width;
                    int group = sizes.group(head) * width;
                    int sums = chunk * 2 * groupsWidth + group;
                    rotate(g, row, sizes.halfWidth(), table.cos(), table.sin(), angle, -1);
                    float inverse = center(sizes, rows, row, spec.eps());
                    Rows.accumulateProduct(rows, row, g, row, inverse, partials, sums, width);
                    Rows.accumulate(g, row, partials, sums + groupsWidth, width);
                    Rows.multiply(g, row, w, group, g, row, width);
                    LayerNorm.inputGradient(rows, row, g, row, inverse, sizes.headDim, width);
                }
                if (to != null) {
                    store(sizes, g, r, to, true);
                }
            }
        });
        addPartials(sizes, chunks, partials, 0, dWeight);
        addPartials(sizes, chunks, partials, groupsWidth, dBias);
    }

    private static void addPartials(Sizes sizes, RowChunks chunks, float[] partials, int from, Tensor gradient) {
        int parts = 2 * sizes.groups; // halves of rows
        for (int part = 0; gradient != null && part < parts; part++) {
            chunks.addPartials(partials, 2 * sizes.groups * sizes.width(), from + part * sizes.halfWidth(), sizes.half(),
                    gradient, (long) part * sizes.half());
        }
    }

    /** Subtracts the mean of a head, keeping the padding of both halves zero, and returns 1 / sqrt(variance + eps). */
    private static float center(Sizes sizes, float[] row, int at, float eps) {
        int width = sizes.width();
        LayerNorm.subtract(row, at, Rows.sum(row, at, width) / sizes.headDim, width);
        for (int i = sizes.half(); i < sizes.halfWidth(); i++) {
            row[at + i] = 0;
            row[at + sizes.halfWidth() + i] = 0;
        }
        return LayerNorm.inverseStd(row, at, sizes.headDim, width, eps);
    }

    /** (a, b) becomes (a cos - b sin, b cos + a sin); direction -1 turns back, which is the gradient. */
    private static void rotate(float[] row, int at, int half, float[] cos, float[] sin, int angle, float direction) {
        for (int i = 0; i < half; i += L) {
            FloatVector a = FloatVector.fromArray(F, row, at + i);
            FloatVector b = FloatVector.fromArray(F, row, at + half + i);
            FloatVector c = FloatVector.fromArray(F, cos, angle + i);
            FloatVector s = FloatVector.fromArray(F, sin, angle + i).mul(direction);
            a.mul(c).sub(b.mul(s)).intoArray(row, at + i);
            b.mul(c).add(a.mul(s)).intoArray(row, at + half + i);
        }
    }

    private static int largest(MemorySegment positions, int n) {
        int largest = 0;
        for (int i = 0; i < n; i++) {
            int position = positions.get(ValueLayout.JAVA_INT, 4L * i);
            if (position < 0) {
                throw new IllegalArgumentException("qkNormRope: position " + position + " of row " + i + " is negative");
            }
            largest = Math.max(largest, position);
        }
        return largest;
    }

    private static void loadParameter(Sizes sizes, Tensor parameter, float[] to, int at) {
        for (int part = 0; part < 2 * sizes.groups; part++) {
            Rows.loadParameter(parameter, part * sizes.half(), sizes.half(), to, at + part * sizes.halfWidth());
        }
    }

    /** All heads of one position, as padded halves. */
    private static void load(Sizes sizes, MemorySegment from, int row, float[] to) {
        int parts = 2 * sizes.heads;
        long at = 4L * row * sizes.heads * sizes.headDim;
        if (sizes.half() == sizes.halfWidth()) {
            Rows.load(from, at, parts * sizes.half(), to, 0);
            return;
        }
        for (int part = 0; part < parts; part++) {
            Rows.load(from, at + 4L * part * sizes.half(), sizes.half(), to, part * sizes.halfWidth());
        }
    }

    private static void store(Sizes sizes, float[] from, int row, MemorySegment to, boolean add) {
        boolean dense = sizes.half() == sizes.halfWidth();
        int parts = dense ? 1 : 2 * sizes.heads;
        int n = dense ? sizes.heads * sizes.headDim : sizes.half();
        for (int part = 0; part < parts; part++) {
            long at = 4L * ((long) row * sizes.heads * sizes.headDim + (long) part * n);
            if (add) {
                Rows.add(from, part * sizes.halfWidth(), n, to, at);
            } else {
                Rows.store(from, part * sizes.halfWidth(), n, to, at);
            }
        }
    }
}
