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
 * GroupNorm (Wu and He, 2018) of channels-last pictures, fused with the activation. Statistics are taken per channel in lanes,
 * over stretches of pixels and about the stretch's first pixel so that nothing cancels, and joined per group in float64.
 */
final class GroupNorm {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final int STRETCH_FLOATS = 32 * 1024;
    private static final int BLOCK_FLOATS = 4 * 1024;
    // Scratch slots: BLOCK of a task; PARTIALS and AFFINE of the caller.
    private static final int BLOCK = 0;
    private static final int PARTIALS = 1;
    private static final int AFFINE = 2;

    private GroupNorm() {
    }

    /** How a batch of pictures is cut: by sizes alone. */
    record Cut(int batch, int pixels, int channels, int groups) {
        static Cut of(GroupNormSpec spec, Tensor x) {
            return new Cut(x.size(0), Math.multiplyExact(x.size(1), x.size(2)), x.size(3), spec.groups());
        }

        /** Padded channels of one pixel. */
        int width() {
            return Rows.padded(channels);
        }

        int channelsPerGroup() {
            return channels / groups;
        }

        int stretch() {
            return Math.max(1, STRETCH_FLOATS / width());
        }

        int block() {
            return Math.max(1, BLOCK_FLOATS / width());
        }

        int stretches() {
            return (pixels + stretch() - 1) / stretch();
        }

        int tasks() {
            return batch * stretches();
        }

        /** First pixel of a task inside its picture. */
        int from(int task) {
            return task % stretches() * stretch();
        }

        int to(int task) {
            return Math.min(pixels, from(task) + stretch());
        }

        /** Byte offset of a pixel of a task's picture. */
        long offset(int task, int pixel) {
            return 4L * ((long) (task / stretches()) * pixels + pixel) * channels;
        }

        /** Copies pixels as padded rows; without padding all at once. */
        void load(MemorySegment from, int task, int pixel, int count, float[] to) {
            if (width() == channels) {
                Rows.load(from, offset(task, pixel), count * channels, to, 0);
                return;
            }
            for (int p = 0; p < count; p++) {
                Rows.load(from, offset(task, pixel + p), channels, to, p * width());
            }
        }

        void store(float[] from, MemorySegment to, int task, int pixel, int count, boolean add) {
            boolean dense = width() == channels;
            int rows = dense ? 1 : count;
            int n = dense ? count * channels : channels;
            for (int p = 0; p < rows; p++) {
                if (add) {
                    Rows.add(from, p * width(), n, to, offset(task, pixel + p));
                } else {
                    Rows.store(from, p * width(), n, to, offset(task, pixel + p));
                }
            }
        }
    }

    /** x and out [batch, height, width, channels], weight and bias [channels], mean and inverseStd [batch, groups]. */
    static void forward(GroupNormSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor out, Tensor mean, Tensor inverseStd) {
        Cut cut = Cut.of(spec, x);
        statistics(spec, cut, x.segment(), mean.segment(), inverseStd.segment());
        int width = cut.width();
        float[] affine = Scratch.get().floats(AFFINE, (3 * cut.batch + 1) * width); // mean, scale, bias: [batch, 3, channels]; weight
        fillAffine(cut, affine, weight, bias, mean.segment(), inverseStd.segment());
        MemorySegment from = x.segment();
        MemorySegment to = out.segment();
        WorkerPool.shared().parallelFor(cut.tasks(), task -> {
            float[] block = Scratch.get().floats(BLOCK, cut.block() * width); // [pixels, channels]
            int parametersAt = 3 * (task / cut.stretches()) * width;
            for (int pixel = cut.from(task); pixel < cut.to(task); pixel += cut.block()) {
                int count = Math.min(cut.block(), cut.to(task) - pixel);
                cut.load(from, task, pixel, count, block);
                affine(block, count, width, affine, parametersAt);
                if (spec.activation() == Activation.SILU) {
                    VectorMath.silu(block, 0, count * width);
                }
                cut.store(block, to, task, pixel, count, false);
            }
        });
    }

    private static void fillAffine(Cut cut, float[] affine, Tensor weight, Tensor bias, MemorySegment mean, MemorySegment inverseStd) {
        int width = cut.width();
        int weightAt = 3 * cut.batch * width;
        Rows.loadParameter(weight, 0, cut.channels, affine, weightAt);
        for (int b = 0; b < cut.batch; b++) {
            int at = 3 * b * width;
            for (int c = 0; c < width; c++) {
                long group = 4L * (b * cut.groups + Math.min(c, cut.channels - 1) / cut.channelsPerGroup());
                affine[at + c] = mean.get(ValueLayout.JAVA_FLOAT, group);
                affine[at + width + c] = affine[weightAt + c] * inverseStd.get(ValueLayout.JAVA_FLOAT, group);
            }
            Rows.loadParameter(bias, 0, cut.channels, affine, at + 2 * width);
        }
    }

    private static void affine(float[] block, int pixels, int width, float[] parameters, int at) {
        for (int c = 0; c < width; c += L) {
            FloatVector mean = FloatVector.fromArray(F, parameters, at + c);
            FloatVector scale = FloatVector.fromArray(F, parameters, at + width + c);
            FloatVector bias = FloatVector.fromArray(F, parameters, at + 2 * width + c);
            for (int i = c; i < pixels * width; i += width) {
                FloatVector.fromArray(F, block, i).sub(mean).fma(scale, bias).intoArray(block, i);
            }
        }
    }

    private static void statistics(GroupNormSpec spec, Cut cut, MemorySegment x, MemorySegment mean, MemorySegment inverseStd) {
        int width = cut.width();
        // Of each stretch: the first pixel, sums and sums of squares about it: [tasks, 3, channels].
        float[] partials = Scratch.get().floats(PARTIALS, cut.tasks() * 3 * width);
        WorkerPool.shared().parallelFor(cut.tasks(), task -> {
            float[] block = Scratch.get().floats(BLOCK, cut.block() * width); // [pixels, channels]
            int at = task * 3 * width;
            for (int pixel = cut.from(task); pixel < cut.to(task); pixel += cut.block()) {
                int count = Math.min(cut.block(), cut.to(task) - pixel);
                cut.load(x, task, pixel, count, block);
                if (pixel == cut.from(task)) {
                    System.arraycopy(block, 0, partials, at, width);
                    Arrays.fill(partials, at + width, at + 3 * width, 0f);
                }
                sums(block, count, width, partials, at);
            }
        });
        for (int b = 0; b < cut.batch; b++) {
            for (int g = 0; g < cut.groups; g++) {
                groupStatistics(spec, cut, partials, b, g, mean, inverseStd);
            }
        }
    }

    private static void sums(float[] block, int pixels, int width, float[] partials, int at) {
        for (int c = 0; c < width; c += L) {
            FloatVector origin = FloatVector.fromArray(F, partials, at + c);
            FloatVector sum = FloatVector.fromArray(F, partials, at + width + c);
            FloatVector squares = FloatVector.fromArray(F, partials, at + 2 * width + c);
            for (int i = c; i < pixels * width; i += width) {
                FloatVector d = FloatVector.fromArray(F, block, i).sub(origin);
                sum = sum.add(d);
                squares = d.fma(d, squares);
            }
            sum.intoArray(partials, at + width + c);
            squares.intoArray(partials, at + 2 * width + c);
        }
    }

    /** Joins means and squared deviations of stretches and channels (Chan et al., 1979). */
    private static void groupStatistics(GroupNormSpec spec, Cut cut, float[] partials, int b, int g, MemorySegment mean, MemorySegment inverseStd) {
        double count = 0;
        double groupMean = 0;
        double deviations = 0;
        for (int s = 0; s < cut.stretches(); s++) {
            int task = b * cut.stretches() + s;
            double n = cut.to(task) - cut.from(task);
            for (int c = g * cut.channelsPerGroup(); c < (g + 1) * cut.channelsPerGroup(); c++) {
                int at = task * 3 * cut.width() + c;
                double sum = partials[at + cut.width()];
                double delta = partials[at] + sum / n - groupMean;
                deviations += partials[at + 2 * cut.width()] - sum * sum / n + delta * delta * count * n / (count + n);
                groupMean += delta * n / (count + n);
                count += n;
            }
        }
        long at = 4L * (b * cut.groups + g);
        mean.set(ValueLayout.JAVA_FLOAT, at, (float) groupMean);
        inverseStd.set(ValueLayout.JAVA_FLOAT, at, (float) (1 / Math.sqrt(Math.max(0, deviations) / count + spec.eps())));
    }
}
