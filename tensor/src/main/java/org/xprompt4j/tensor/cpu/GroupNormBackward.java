package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.GroupNormSpec;

/**
 * Gradients of {@link GroupNorm}. With y = weight ⊙ x̂ + bias, d = dOut ⊙ activation'(y) and N numbers in a group:
 * dBias = Σ d, dWeight = Σ d x̂, dX = inverseStd (weight d - (Σ weight d + x̂ Σ weight d x̂) / N), sums over the group.
 */
final class GroupNormBackward {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    // Scratch slots: X, D and SLOPE of a task; PARTIALS, TABLE and SUMS of the caller.
    private static final int X = 0;
    private static final int D = 1;
    private static final int PARTIALS = 2;
    private static final int TABLE = 3;
    private static final int SUMS = 4;
    private static final int SLOPE = 5;
    // Rows of the per-picture table.
    private static final int MEAN = 0;
    private static final int INVERSE = 1;
    private static final int WEIGHT = 2;
    private static final int BIAS = 3;
    private static final int GROUP_SUM = 4;
    private static final int GROUP_PROJECTION = 5;
    private static final int ROWS = 6;

    private GroupNormBackward() {
    }

    /** x, dOut and dX [batch, height, width, channels]; weight, bias, dWeight, dBias [channels]; mean, inverseStd [batch, groups]. */
    static void backward(GroupNormSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor inverseStd, Tensor dOut,
            Tensor dX, Tensor dWeight, Tensor dBias) {
        GroupNorm.Cut cut = GroupNorm.Cut.of(spec, x);
        boolean silu = spec.activation() == Activation.SILU;
        int width = cut.width();
        float[] table = Scratch.get().floats(TABLE, cut.batch() * ROWS * width); // [batch, ROWS, channels]
        fillTable(cut, table, weight, bias, mean.segment(), inverseStd.segment());
        MemorySegment xs = x.segment();
        MemorySegment ds = dOut.segment();
        float[] partials = Scratch.get().floats(PARTIALS, cut.tasks() * 2 * width); // Σ d, Σ d x̂: [tasks, 2, channels]
        Arrays.fill(partials, 0, cut.tasks() * 2 * width, 0f);
        WorkerPool.shared().parallelFor(cut.tasks(), task -> {
            float[] block = Scratch.get().floats(X, cut.block() * width); // [pixels, channels]
            float[] d = Scratch.get().floats(D, cut.block() * width); // [pixels, channels]
            int tableAt = task / cut.stretches() * ROWS * width;
            for (int pixel = cut.from(task); pixel < cut.to(task); pixel += cut.block()) {
                int count = Math.min(cut.block(), cut.to(task) - pixel);
                cut.load(xs, task, pixel, count, block);
                cut.load(ds, task, pixel, count, d);
                normalise(block, d, count, width, table, tableAt, silu);
                sums(block, d, count, width, partials, task * 2 * width);
            }
        });
        joinSums(cut, partials, table, dWeight, dBias);
        if (dX == null) {
            return;
        }
        MemorySegment to = dX.segment();
        WorkerPool.shared().parallelFor(cut.tasks(), task -> {
            float[] block = Scratch.get().floats(X, cut.block() * width); // [pixels, channels]
            float[] d = Scratch.get().floats(D, cut.block() * width); // [pixels, channels]
            int tableAt = task / cut.stretches() * ROWS * width;
            for (int pixel = cut.from(task); pixel < cut.to(task); pixel += cut.block()) {
                int count = Math.min(cut.block(), cut.to(task) - pixel);
                cut.load(xs, task, pixel, count, block);
                cut.load(ds, task, pixel, count, d);
                normalise(block, d, count, width, table, tableAt, silu);
                inputGradient(block, d, count, width, table, tableAt);
                cut.store(d, to, task, pixel, count, true);
            }
        });
    }

    private static void fillTable(GroupNorm.Cut cut, float[] table, Tensor weight, Tensor bias, MemorySegment mean, MemorySegment inverseStd) {
        int width = cut.width();
        for (int b = 0; b < cut.batch(); b++) {
            int at = b * ROWS * width;
            Rows.loadParameter(weight, 0, cut.channels(), table, at + WEIGHT * width);
            Rows.loadParameter(bias, 0, cut.channels(), table, at + BIAS * width);
            for (int c = 0; c < width; c++) {
                long group = 4L * (b * cut.groups() + Math.min(c, cut.channels() - 1) / cut.channelsPerGroup());
                table[at + MEAN * width + c] = mean.get(ValueLayout.JAVA_FLOAT, group);
                table[at + INVERSE * width + c] = inverseStd.get(ValueLayout.JAVA_FLOAT, group);
            }
        }
    }

    /** x becomes x̂, d becomes the gradient before the activation. */
    private static void normalise(float[] x, float[] d, int pixels, int width, float[] table, int at, boolean silu) {
        for (int c = 0; c < width; c += L) {
            FloatVector mean = FloatVector.fromArray(F, table, at + MEAN * width + c);
            FloatVector inverse = FloatVector.fromArray(F, table, at + INVERSE * width + c);
            for (int i = c; i < pixels * width; i += width) {
                FloatVector.fromArray(F, x, i).sub(mean).mul(inverse).intoArray(x, i);
            }
        }
        if (silu) {
            throughSilu(x, d, pixels, width, table, at);
        }
    }

    /** d = d ⊙ silu'(weight ⊙ x̂ + bias). */
    private static void throughSilu(float[] normal, float[] d, int pixels, int width, float[] table, int at) {
        float[] slope = Scratch.get().floats(SLOPE, pixels * width); // [pixels, channels]
        for (int c = 0; c < width; c += L) {
            FloatVector weight = FloatVector.fromArray(F, table, at + WEIGHT * width + c);
            FloatVector bias = FloatVector.fromArray(F, table, at + BIAS * width + c);
            for (int i = c; i < pixels * width; i += width) {
                FloatVector.fromArray(F, normal, i).fma(weight, bias).intoArray(slope, i);
            }
        }
        VectorMath.siluDerivative(slope, 0, pixels * width);
        Rows.multiply(d, 0, slope, 0, d, 0, pixels * width);
    }

    private static void sums(float[] normal, float[] d, int pixels, int width, float[] partials, int at) {
        for (int c = 0; c < width; c += L) {
            FloatVector sum = FloatVector.fromArray(F, partials, at + c);
            FloatVector projection = FloatVector.fromArray(F, partials, at + width + c);
            for (int i = c; i < pixels * width; i += width) {
                FloatVector g = FloatVector.fromArray(F, d, i);
                sum = sum.add(g);
                projection = g.fma(FloatVector.fromArray(F, normal, i), projection);
            }
            sum.intoArray(partials, at + c);
            projection.intoArray(partials, at + width + c);
        }
    }

    /** Parameter gradients, and per picture the means over each group that dX needs. */
    private static void joinSums(GroupNorm.Cut cut, float[] partials, float[] table, Tensor dWeight, Tensor dBias) {
        int width = cut.width();
        float[] totals = Scratch.get().floats(SUMS, 2 * width); // dBias, dWeight: [2, channels]
        Arrays.fill(totals, 0, 2 * width, 0f);
        double n = (double) cut.pixels() * cut.channelsPerGroup();
        for (int b = 0; b < cut.batch(); b++) {
            int first = b * cut.stretches() * 2 * width; // all stretches of a picture are added to its first
            for (int s = 1; s < cut.stretches(); s++) {
                Rows.accumulate(partials, first + s * 2 * width, partials, first, 2 * width);
            }
            Rows.accumulate(partials, first, totals, 0, 2 * width);
            int at = b * ROWS * width;
            for (int g = 0; g < cut.groups(); g++) {
                double sum = 0;
                double projection = 0;
                for (int c = g * cut.channelsPerGroup(); c < (g + 1) * cut.channelsPerGroup(); c++) {
                    sum += (double) table[at + WEIGHT * width + c] * partials[first + c];
                    projection += (double) table[at + WEIGHT * width + c] * partials[first + width + c];
                }
                Arrays.fill(table, at + GROUP_SUM * width + g * cut.channelsPerGroup(),
                        at + GROUP_SUM * width + (g + 1) * cut.channelsPerGroup(), (float) (sum / n));
                Arrays.fill(table, at + GROUP_PROJECTION * width + g * cut.channelsPerGroup(),
                        at + GROUP_PROJECTION * width + (g + 1) * cut.channelsPerGroup(), (float) (projection / n));
            }
        }
        if (dBias != null) {
            Rows.add(totals, 0, cut.channels(), dBias.segment(), 0);
        }
        if (dWeight != null) {
            Rows.add(totals, width, cut.channels(), dWeight.segment(), 0);
        }
    }

    private static void inputGradient(float[] normal, float[] d, int pixels, int width, float[] table, int at) {
        for (int c = 0; c < width; c += L) {
            FloatVector inverse = FloatVector.fromArray(F, table, at + INVERSE * width + c);
            FloatVector weight = FloatVector.fromArray(F, table, at + WEIGHT * width + c);
            FloatVector sum = FloatVector.fromArray(F, table, at + GROUP_SUM * width + c);
            FloatVector projection = FloatVector.fromArray(F, table, at + GROUP_PROJECTION * width + c);
            for (int i = c; i < pixels * width; i += width) {
                FloatVector.fromArray(F, d, i).mul(weight).sub(sum).sub(FloatVector.fromArray(F, normal, i).mul(projection)).mul(inverse)
                        .intoArray(d, i);
            }
        }
    }
}
