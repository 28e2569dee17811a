package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.ElementAccess;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.ReduceOp;

/**
 * Reductions over axes. Two patterns are fast: the last (joined) axis disappears, so rows are summed; or the last axis stays and
 * the one before it disappears, so columns are summed. Sums of blocks are float32 lanes, sums of blocks' sums are float64.
 */
final class Reduce {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final int MAX_PARTIALS = 64;
    private static final int MIN_COLUMN_ROWS = 32;
    // Scratch slots: BLOCK of a task, PARTIALS of the caller.
    private static final int BLOCK = 0;
    private static final int PARTIALS = 1;

    private Reduce() {
    }

    /** Reduces the axes where out has size 1 and x has not; ranks are equal; x may be strided. */
    static void forward(ReduceOp op, Tensor x, Tensor out) {
        if (x.numel() == 0) {
            throw new IllegalArgumentException("reduce: " + x + " has no elements");
        }
        Strided walk = new Strided(x.shape(), x, out);
        double factor = op == ReduceOp.MEAN ? (double) out.numel() / x.numel() : 1;
        int last = walk.rank() - 1;
        int stretched = 0;
        for (int axis = 0; axis < walk.rank(); axis++) {
            stretched += isReduced(walk, axis) ? 1 : 0;
        }
        if (stretched == 0) {
            Copy.copy(x, out);
        } else if (stretched == 1 && isReduced(walk, last)) {
            rows(op, walk, factor);
        } else if (stretched == 1 && isReduced(walk, last - 1)) {
            columns(op, walk, factor);
        } else {
            anyAxes(op, walk, factor);
        }
    }

    private static boolean isReduced(Strided walk, int axis) {
        return walk.stride(1, axis) == 0 && walk.dim(axis) > 1;
    }

    private static void rows(ReduceOp op, Strided walk, double factor) {
        long columns = walk.dim(walk.rank() - 1);
        long rows = walk.numel() / columns;
        MemorySegment out = walk.segment(1);
        if (rows == 1) {
            int tasks = Chunks.count(columns);
            double[] partials = Scratch.get().doubles(tasks);
            WorkerPool.shared().parallelFor(tasks, task -> partials[task] = range(op, walk, Chunks.from(task), Chunks.to(task, columns)));
            double total = partials[0];
            for (int task = 1; task < tasks; task++) {
                total = combine(op, total, partials[task]);
            }
            ElementAccess.setFloat(out, walk.dtype(1), walk.rowOffset(1, 0), (float) (total * factor));
            return;
        }
        int rowsPerTask = (int) Math.max(1, Chunks.TASK / columns);
        WorkerPool.shared().parallelFor(Math.toIntExact((rows + rowsPerTask - 1) / rowsPerTask), task -> {
            long to = Math.min(rows, (task + 1L) * rowsPerTask);
            for (long row = (long) task * rowsPerTask; row < to; row++) {
                double total = range(op, walk, row * columns, (row + 1) * columns);
                ElementAccess.setFloat(out, walk.dtype(1), walk.rowOffset(1, row), (float) (total * factor));
            }
        });
    }

    private static double combine(ReduceOp op, double a, double b) {
        return op == ReduceOp.MAX ? Math.max(a, b) : a + b;
    }

    private static double range(ReduceOp op, Strided walk, long from, long to) {
        float identity = op == ReduceOp.MAX ? Float.NEGATIVE_INFINITY : 0f;
        float[] block = Scratch.get().floats(BLOCK, Chunks.BLOCK);
        double total = identity;
        for (long at = from; at < to; at += Chunks.BLOCK) {
            int count = (int) Math.min(Chunks.BLOCK, to - at);
            walk.gather(0, at, count, block);
            Arrays.fill(block, count, Rows.padded(count), identity);
            float part = op == ReduceOp.MAX ? largest(block, Rows.padded(count)) : Rows.sum(block, 0, Rows.padded(count));
            total = combine(op, total, part);
        }
        return total;
    }

    private static float largest(float[] x, int n) {
        FloatVector most = FloatVector.fromArray(F, x, 0);
        for (int i = L; i < n; i += L) {
            most = most.max(FloatVector.fromArray(F, x, i));
        }
        float result = most.lane(0);
        for (int lane = 1; lane < L; lane++) {
            result = Math.max(result, most.lane(lane));
        }
        return result;
    }

    /** [outer..., reduced, columns]: partial sums of fixed stretches of the reduced axis, then those in order. */
    private static void columns(ReduceOp op, Strided walk, double factor) {
        int last = walk.rank() - 1;
        int columns = Math.toIntExact(walk.dim(last));
        long reduced = walk.dim(last - 1);
        long outer = walk.numel() / columns / reduced;
        int width = Rows.padded(columns);
        long stretch = Math.max(MIN_COLUMN_ROWS, (reduced + MAX_PARTIALS - 1) / MAX_PARTIALS);
        int parts = Math.toIntExact((reduced + stretch - 1) / stretch);
        float[] partials = Scratch.get().floats(PARTIALS, parts * width); // [parts, columns]
        for (long o = 0; o < outer; o++) {
            long firstRow = o * reduced;
            WorkerPool.shared().parallelFor(parts, part -> {
                float[] row = Scratch.get().floats(BLOCK, width);
                long to = Math.min(reduced, (part + 1) * stretch);
                for (long r = part * stretch; r < to; r++) {
                    walk.gather(0, (firstRow + r) * columns, columns, row);
                    fold(op, row, partials, part * width, width, r == part * stretch);
                }
            });
            for (int part = 1; part < parts; part++) {
                System.arraycopy(partials, part * width, Scratch.get().floats(BLOCK, width), 0, width);
                fold(op, Scratch.get().floats(BLOCK, width), partials, 0, width, false);
            }
            for (int i = 0; i < columns && factor != 1; i++) {
                partials[i] = (float) (partials[i] * factor);
            }
            long at = walk.rowOffset(1, firstRow);
            for (int i = 0; i < columns; i++) {
                ElementAccess.setFloat(walk.segment(1), walk.dtype(1), at + i * walk.stride(1, last), partials[i]);
            }
        }
    }

    private static void fold(ReduceOp op, float[] row, float[] into, int at, int n, boolean first) {
        if (first) {
            System.arraycopy(row, 0, into, at, n);
        } else if (op == ReduceOp.MAX) {
            for (int i = 0; i < n; i += L) {
                FloatVector.fromArray(F, into, at + i).max(FloatVector.fromArray(F, row, i)).intoArray(into, at + i);
            }
        } else {
            Rows.accumulate(row, 0, into, at, n);
        }
    }

    /** Every result on its own, element by element in float64. */
    private static void anyAxes(ReduceOp op, Strided walk, double factor) {
        int rank = walk.rank();
        long results = 1;
        for (int axis = 0; axis < rank; axis++) {
            results *= isReduced(walk, axis) ? 1 : walk.dim(axis);
        }
        int perTask = (int) Math.max(1, Chunks.TASK / (walk.numel() / results));
        long count = results;
        WorkerPool.shared().parallelFor(Math.toIntExact((results + perTask - 1) / perTask), task -> {
            for (long result = (long) task * perTask; result < Math.min(count, (task + 1L) * perTask); result++) {
                long rest = result;
                long from = walk.rowOffset(0, 0);
                long to = walk.rowOffset(1, 0);
                for (int axis = rank - 1; axis >= 0; axis--) {
                    if (!isReduced(walk, axis)) {
                        from += rest % walk.dim(axis) * walk.stride(0, axis);
                        to += rest % walk.dim(axis) * walk.stride(1, axis);
                        rest /= walk.dim(axis);
                    }
                }
                double total = inner(op, walk, 0, from);
                ElementAccess.setFloat(walk.segment(1), walk.dtype(1), to, (float) (total * factor));
            }
        });
    }

    private static double inner(ReduceOp op, Strided walk, int axis, long at) {
        if (axis == walk.rank()) {
            return ElementAccess.getFloat(walk.segment(0), walk.dtype(0), at);
        }
        if (!isReduced(walk, axis)) {
            return inner(op, walk, axis + 1, at);
        }
        double total = op == ReduceOp.MAX ? Double.NEGATIVE_INFINITY : 0;
        for (long i = 0; i < walk.dim(axis); i++) {
            total = combine(op, total, inner(op, walk, axis + 1, at + i * walk.stride(0, axis)));
        }
        return total;
    }
}
