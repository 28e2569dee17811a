package org.xprompt4j.bench.gpu.work;

import java.util.Map;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.CrossEntropySpec;
import org.xprompt4j.tensor.op.Operation;

/**
 * Head and loss without whole logits: forward alone, and forward with both gradients. Work counts what must be computed, not the
 * logits that the backward pass computes again.
 */
final class LinearCrossEntropyWork {
    private static final CrossEntropySpec SPEC = new CrossEntropySpec(0);

    private LinearCrossEntropyWork() {
    }

    static GpuWork of(Precision precision, int rows, int vocab, int dim, boolean training) {
        DType type = precision.type();
        double product = 2.0 * rows * vocab * dim;
        double weightBytes = (double) type.bytes() * vocab * dim;
        double numbers = (double) (training ? 3 : 1) * rows * dim; // of activations; gradients are added to
        double others = weightBytes + (training ? 8.0 * vocab * dim : 0);
        float scale = 1f / rows;
        return new GpuWork(training ? "linear-cross-entropy.training" : "linear-cross-entropy.forward", rows + "x" + vocab + "x" + dim, precision,
                training ? 3 * product : product, 4 * numbers + others, place -> {
                    DType activations = place.activations(precision, Operation.LINEAR_CROSS_ENTROPY);
                    double bytes = activations.bytes() * numbers + others;
                    int sets = place.sets(bytes);
                    Tensor[] hidden = Place.each(sets, () -> place.normal(activations, 1, rows, dim));
                    Tensor[] weight = Place.each(sets, () -> place.normal(type, 1 / Math.sqrt(dim), vocab, dim));
                    Tensor labels = place.indices(vocab, rows);
                    Tensor loss = place.empty(rows);
                    Tensor sums = place.empty(rows);
                    Tensor dHidden = training ? place.zeros(activations, rows, dim) : null;
                    Tensor dWeight = training ? place.zeros(vocab, dim) : null;
                    return new Ready(sets, set -> {
                        place.backend().linearCrossEntropy(SPEC, hidden[set], weight[set], labels, loss, sums);
                        if (training) {
                            place.backend().linearCrossEntropyBackward(SPEC, hidden[set], weight[set], labels, sums, scale, null, dHidden, dWeight);
                        }
                    }, () -> {
                        place.poison(loss, sums);
                        place.backend().linearCrossEntropy(SPEC, hidden[0], weight[0], labels, loss, sums);
                        Tensor w = place.onHost(weight[0]);
                        checkLosses(place, precision, hidden[0], w, labels, loss);
                        if (training) {
                            place.backend().fill(dHidden, 0);
                            place.backend().fill(dWeight, 0);
                            place.backend().linearCrossEntropyBackward(SPEC, hidden[0], weight[0], labels, sums, scale, null, dHidden, dWeight);
                            checkGradients(place, precision, hidden[0], w, labels, sums, scale, dHidden, dWeight);
                        }
                    }, activations, bytes);
                }).against("linear_cross_entropy", Map.of("rows", rows, "vocab", vocab, "dim", dim, "bf16", precision == Precision.BF16,
                        "training", training));
    }

    /** Two rows by plain loops over the whole vocabulary. */
    private static void checkLosses(Place place, Precision precision, Tensor hidden, Tensor weight, Tensor labels, Tensor loss) {
        int[] rows = {0, hidden.size(0) - 1};
        Tensor expected = place.expected(rows.length);
        place.oracle().linearCrossEntropy(SPEC, place.rows(hidden, rows), weight, place.rows(labels, rows), expected, place.expected(rows.length));
        WrongResult.requireClose("linearCrossEntropy", expected, place.rows(loss, rows), precision.bound());
    }

    private static void checkGradients(Place place, Precision precision, Tensor hidden, Tensor weight, Tensor labels, Tensor sums, float scale,
            Tensor dHidden, Tensor dWeight) {
        int[] rows = {0, hidden.size(0) - 1};
        Tensor expected = place.expectedZeros(hidden.dtype(), rows.length, hidden.dim(1));
        place.oracle().linearCrossEntropyBackward(SPEC, place.rows(hidden, rows), weight, place.rows(labels, rows), place.rows(sums, rows), scale,
                null, expected, null);
        WrongResult.requireClose("linearCrossEntropy's dHidden", expected, place.rows(dHidden, rows), 4 * precision.bound());
        int[] tokens = place.onHost(labels).toIntArray();
        for (int checked : new int[] {tokens[0], weight.size(0) - 1}) { // a label, and one that hardly is
            WrongResult.requireClose("linearCrossEntropy's dWeight", row(place, hidden, weight, tokens, sums, scale, checked),
                    place.rows(dWeight, checked).toFloatArray(), 4 * precision.bound());
        }
    }

    /** Gradient of one token's weights: the sum over all rows of (probability - 1 where it is the label) · hidden. */
    private static float[] row(Place place, Tensor hidden, Tensor weight, int[] labels, Tensor sums, float scale, int token) {
        float[] h = place.onHost(hidden).toFloatArray();
        float[] w = weight.slice(0, token, token + 1).toFloatArray();
        float[] logSums = place.onHost(sums).toFloatArray();
        double[] sum = new double[w.length];
        for (int r = 0; r < labels.length; r++) {
            double logit = 0;
            for (int i = 0; i < w.length; i++) {
                logit += (double) h[r * w.length + i] * w[i];
            }
            double factor = scale * (Math.exp(logit - logSums[r]) - (labels[r] == token ? 1 : 0));
            for (int i = 0; i < w.length; i++) {
                sum[i] += factor * h[r * w.length + i];
            }
        }
        float[] out = new float[w.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) sum[i];
        }
        return out;
    }
}
