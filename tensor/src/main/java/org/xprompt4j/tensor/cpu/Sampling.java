package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.SamplingSpec;

/**
 * One token per row, in the order that {@link SamplingSpec} states; a row is one task and depends on nothing but itself. The
 * k-th largest logit comes from a selection, not a sort, and noise is drawn only for tokens that could still win.
 */
final class Sampling {
    /** Above the largest Gumbel noise that a uniform number of 23 bits can give, -ln(-ln(1 - 2^-24)) = 16.64. */
    private static final float LARGEST_NOISE = 16.7f;
    // Scratch slots of a task.
    private static final int LOGITS = 0;
    private static final int OTHER = 1;
    private static final int THIRD = 2;
    private static final int ORDERED = 3;

    private Sampling() {
    }

    /** full, imageOnly, unconditional [rows, vocab], the last two may be null; streams, positions, tokens [rows]. */
    static void forward(SamplingSpec spec, Tensor full, Tensor imageOnly, Tensor unconditional, Tensor streams, Tensor positions, Tensor tokens) {
        int vocab = full.size(1);
        if (spec.firstAllowed() > vocab - spec.allowedCount()) {
            throw new IllegalArgumentException("sample: tokens " + spec.firstAllowed() + "+" + spec.allowedCount() + " of a vocabulary of " + vocab);
        }
        MemorySegment fs = full.segment();
        MemorySegment is = imageOnly == null || unconditional == null ? null : imageOnly.segment();
        MemorySegment us = unconditional == null ? null : unconditional.segment();
        MemorySegment stream = streams.segment();
        MemorySegment position = positions.segment();
        MemorySegment out = tokens.segment();
        WorkerPool.shared().parallelFor(full.size(0), row -> {
            long at = 4 * ((long) row * vocab + spec.firstAllowed());
            float[] logits = mixed(spec, fs, is, us, at);
            int token = spec.temperature() == 0 ? argmax(logits, spec.allowedCount())
                    : draw(spec, logits, stream.get(ValueLayout.JAVA_INT, 4L * row), position.get(ValueLayout.JAVA_INT, 4L * row), vocab);
            if (token < 0) {
                throw new IllegalArgumentException("sample: row " + row + " has no allowed logit above -infinity (or it is not a number)");
            }
            out.set(ValueLayout.JAVA_INT, 4L * row, spec.firstAllowed() + token);
        });
    }

    /** The allowed logits of a row under guidance. */
    private static float[] mixed(SamplingSpec spec, MemorySegment full, MemorySegment imageOnly, MemorySegment unconditional, long at) {
        int n = spec.allowedCount();
        Scratch scratch = Scratch.get();
        float[] f = scratch.floats(LOGITS, n);
        MemorySegment.copy(full, ValueLayout.JAVA_FLOAT, at, f, 0, n);
        if (unconditional == null) {
            return f;
        }
        float[] u = scratch.floats(OTHER, n);
        MemorySegment.copy(unconditional, ValueLayout.JAVA_FLOAT, at, u, 0, n);
        if (imageOnly == null) {
            for (int k = 0; k < n; k++) {
                f[k] = u[k] + spec.fullScale() * (f[k] - u[k]);
            }
            return f;
        }
        float[] i = scratch.floats(THIRD, n);
        MemorySegment.copy(imageOnly, ValueLayout.JAVA_FLOAT, at, i, 0, n);
        for (int k = 0; k < n; k++) {
            f[k] = u[k] + spec.imageScale() * (i[k] - u[k]) + spec.fullScale() * (f[k] - i[k]);
        }
        return f;
    }

    /** The first index of the largest value; -1 when none is above minus infinity. */
    private static int argmax(float[] values, int n) {
        int best = -1;
        float most = Float.NEGATIVE_INFINITY;
        for (int k = 0; k < n; k++) {
            if (values[k] > most) {
                most = values[k];
                best = k;
            }
        }
        return best;
    }

    private static int draw(SamplingSpec spec, float[] logits, int stream, int position, int vocab) {
        int n = spec.allowedCount();
        for (int k = 0; k < n; k++) {
            logits[k] /= spec.temperature();
        }
        if (spec.topK() > 0 && spec.topK() < n) {
            float[] ordered = Scratch.get().floats(ORDERED, n);
            System.arraycopy(logits, 0, ordered, 0, n);
            keepFrom(logits, n, select(ordered, n, n - spec.topK()), Integer.MAX_VALUE);
        }
        if (spec.topP() < 1) {
            keepNucleus(logits, n, spec.topP());
        }
        int best = -1;
        float most = Float.NEGATIVE_INFINITY;
        for (int k = 0; k < n; k++) {
            if (logits[k] + LARGEST_NOISE > most) {
                float score = logits[k] + spec.noise(stream, position, spec.firstAllowed() + k, vocab);
                if (score > most) {
                    most = score;
                    best = k;
                }
            }
        }
        return best;
    }

    /** The value that ascending order would put at {@code rank}; reorders the values (Hoare, 1961). Not-a-numbers count as the largest. */
    static float select(float[] values, int n, int rank) {
        int end = moveNotNumbers(values, n);
        if (rank >= end) {
            return Float.NaN;
        }
        int low = 0;
        int high = end - 1;
        while (low < high) {
            float pivot = values[(low + high) >>> 1];
            int i = low;
            int j = high;
            while (i <= j) {
                while (values[i] < pivot) {
                    i++;
                }
                while (values[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    float swapped = values[i];
                    values[i++] = values[j];
                    values[j--] = swapped;
                }
            }
            if (rank <= j) {
                high = j;
            } else if (rank >= i) {
                low = i;
            } else {
                break;
            }
        }
        return values[rank];
    }

    private static int moveNotNumbers(float[] values, int n) {
        int end = n;
        for (int k = 0; k < end;) {
            if (Float.isNaN(values[k])) {
                float last = values[--end];
                values[end] = values[k];
                values[k] = last;
            } else {
                k++;
            }
        }
        return end;
    }

    /** Drops logits below a threshold, and of those equal to it all but the first {@code ties}. */
    private static void keepFrom(float[] logits, int n, float threshold, int ties) {
        int left = ties;
        for (int k = 0; k < n; k++) {
            boolean keeps = logits[k] > threshold || logits[k] == threshold && left-- > 0;
            logits[k] = keeps ? logits[k] : Float.NEGATIVE_INFINITY;
        }
    }

    /** Drops what is not in the shortest prefix, by falling logit and rising token, whose share of the mass reaches p. */
    private static void keepNucleus(float[] logits, int n, double p) {
        float[] kept = Scratch.get().floats(ORDERED, n);
        int count = 0;
        for (int k = 0; k < n; k++) {
            if (logits[k] > Float.NEGATIVE_INFINITY) {
                kept[count++] = logits[k];
            }
        }
        if (count == 0) {
            return;
        }
        Arrays.sort(kept, 0, count);
        double max = kept[count - 1];
        double total = 0;
        for (int k = count - 1; k >= 0; k--) {
            total += Math.exp(kept[k] - max);
        }
        double mass = Math.exp(kept[count - 1] - max);
        int last = count - 1;
        while (last > 0 && mass < p * total) {
            mass += Math.exp(kept[--last] - max);
        }
        int ties = 1;
        while (last + ties < count && kept[last + ties] == kept[last]) {
            ties++;
        }
        keepFrom(logits, n, kept[last], ties);
    }
}
