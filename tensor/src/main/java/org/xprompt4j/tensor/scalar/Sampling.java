package org.xprompt4j.tensor.scalar;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

import org.xprompt4j.tensor.ElementAccess;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.SamplingSpec;

/**
 * One token per row, in the order that {@link SamplingSpec} states: mix, limit, temperature, top-k, top-p (Holtzman et al.,
 * 2020), then the Gumbel-max draw (Gumbel, 1954): argmax of {@code logit/temperature + gumbel} follows softmax exactly.
 * Logits are float32 at every step, so that equal logits give equal tokens on every device.
 */
final class Sampling {
    private Sampling() {
    }

    /** full, imageOnly, unconditional [rows, vocab], the last two may be null; streams, positions, tokens [rows]. */
    static void forward(SamplingSpec spec, Tensor fullTensor, Tensor imageOnlyTensor, Tensor unconditionalTensor, Tensor streams, Tensor positions,
            Tensor tokens) {
        FloatView full = FloatView.of(fullTensor);
        FloatView imageOnly = FloatView.of(imageOnlyTensor);
        FloatView unconditional = FloatView.of(unconditionalTensor);
        MemorySegment out = tokens.segment();
        long vocab = fullTensor.dim(1);
        int[] stream = streams.toIntArray();
        int[] position = positions.toIntArray();
        float[] logits = new float[spec.allowedCount()];
        for (int row = 0; row < stream.length; row++) {
            for (int i = 0; i < logits.length; i++) {
                logits[i] = mix(spec, full, imageOnly, unconditional, row * vocab + spec.firstAllowed() + i);
            }
            int token = spec.temperature() == 0 ? argmax(logits) : draw(spec, logits, stream[row], position[row] * vocab + spec.firstAllowed());
            if (token < 0) {
                throw new IllegalArgumentException("sample: row " + row + " has no allowed logit above -infinity (or it is not a number)");
            }
            ElementAccess.setLong(out, tokens.dtype(), row, spec.firstAllowed() + token);
        }
    }

    private static float mix(SamplingSpec spec, FloatView full, FloatView imageOnly, FloatView unconditional, long at) {
        float f = full.get(at);
        if (unconditional == null) {
            return f;
        }
        float u = unconditional.get(at);
        if (imageOnly == null) {
            return u + spec.fullScale() * (f - u);
        }
        float i = imageOnly.get(at);
        return u + spec.imageScale() * (i - u) + spec.fullScale() * (f - i);
    }

    /** Index of the drawn logit; noise index {@code noiseFrom} belongs to the first one. */
    private static int draw(SamplingSpec spec, float[] logits, long stream, long noiseFrom) {
        for (int i = 0; i < logits.length; i++) {
            logits[i] /= spec.temperature();
        }
        if (spec.topK() > 0 && spec.topK() < logits.length) {
            float[] sorted = logits.clone();
            Arrays.sort(sorted);
            keepFrom(logits, sorted[sorted.length - spec.topK()]);
        }
        if (spec.topP() < 1) {
            keepNucleus(logits, spec.topP());
        }
        for (int i = 0; i < logits.length; i++) {
            if (logits[i] != Float.NEGATIVE_INFINITY) {
                logits[i] += Philox.gumbel(spec.seed(), stream, noiseFrom + i);
            }
        }
        return argmax(logits);
    }

    /** Drops what is not in the shortest prefix, by falling logit and rising index, whose share of the mass reaches p. */
    private static void keepNucleus(float[] logits, double p) {
        int[] order = IntStream.range(0, logits.length).boxed().sorted(Comparator.comparingDouble(i -> -logits[i])).mapToInt(i -> i).toArray();
        double[] mass = new double[order.length]; // [rank] running sum of exp(logit - largest)
        double sum = 0;
        for (int rank = 0; rank < order.length; rank++) {
            sum += Math.exp((double) logits[order[rank]] - logits[order[0]]);
            mass[rank] = sum;
        }
        int kept = 1;
        while (kept < order.length && mass[kept - 1] < p * sum) {
            kept++;
        }
        for (int rank = kept; rank < order.length; rank++) {
            logits[order[rank]] = Float.NEGATIVE_INFINITY;
        }
    }

    private static void keepFrom(float[] logits, float threshold) {
        for (int i = 0; i < logits.length; i++) {
            if (logits[i] < threshold) {
                logits[i] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    /** The first index of the largest value; -1 when none is above -infinity. */
    private static int argmax(float[] values) {
        int best = -1;
        float most = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < values.length; i++) {
            if (values[i] > most) {
                most = values[i];
                best = i;
            }
        }
        return best;
    }
}
