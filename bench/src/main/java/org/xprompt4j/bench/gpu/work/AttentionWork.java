package org.xprompt4j.bench.gpu.work;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionSpec;
import org.xprompt4j.tensor.op.Operation;

/** Masked attention, forward and backward. The rate counts visible pairs, so that hidden ones are worth nothing. */
final class AttentionWork {
    private static final double BACKWARD = 2.5; // five products of the same size against two

    /**
     * Sizes.
     *
     * @param ie tokens of the example, 0 for a causal mask without segments
     * @param xp X-Prompt tokens behind it
     */
    record Size(int batch, int tokens, int heads, int dim, int ie, int xp) {
        AttentionMask mask() {
            return ie == 0 ? AttentionMask.causal(tokens) : AttentionMask.segmented(new int[] {ie, xp, tokens - ie - xp},
                    new boolean[][] {{true, true, true}, {true, true, true}, {false, true, true}});
        }

        double numbers() {
            return (double) batch * tokens * heads * dim;
        }

        double flops() {
            return 4.0 * mask().visiblePairs() * dim * heads * batch;
        }

        @Override
        public String toString() {
            return batch + "x" + tokens + " " + heads + "x" + dim + (ie == 0 ? " causal" : " xprompt " + ie + "+" + xp);
        }

        Map<String, Object> torch() {
            return Map.of("batch", batch, "tokens", tokens, "heads", heads, "dim", dim, "ie", ie, "xp", xp);
        }
    }

    /** One set of tensors, all [batch, tokens, heads, dim] but the log-sums [batch, heads, tokens]. */
    private static final class Operands {
        private final AttentionSpec spec;
        private final Size size;
        private final DType type;
        private final Tensor q;
        private final Tensor k;
        private final Tensor v;
        private final Tensor out;
        private final Tensor logSumExp;
        private Tensor dOut;
        private Tensor dQ;
        private Tensor dK;
        private Tensor dV;

        Operands(Place place, Size size, DType type, boolean backward) {
            this.size = size;
            this.type = type;
            spec = new AttentionSpec((float) (1 / Math.sqrt(size.dim)), size.mask());
            q = normal(place);
            k = normal(place);
            v = normal(place);
            out = normal(place);
            logSumExp = place.empty(size.batch, size.heads, size.tokens);
            if (backward) {
                dOut = normal(place);
                dQ = place.zeros(type, size.batch, size.tokens, size.heads, size.dim);
                dK = place.zeros(type, size.batch, size.tokens, size.heads, size.dim);
                dV = place.zeros(type, size.batch, size.tokens, size.heads, size.dim);
            }
        }

        private Tensor normal(Place place) {
            return place.normal(type, 1, size.batch, size.tokens, size.heads, size.dim);
        }

        void forward(Place place) {
            place.backend().attention(spec, q, k, v, out, logSumExp);
        }

        void backward(Place place) {
            place.backend().attentionBackward(spec, q, k, v, out, logSumExp, dOut, dQ, dK, dV);
        }

        /** One head of the last batch row, [tokens, dim] flat. */
        private float[] head(Place place, Tensor x, int head) {
            return place.onHost(x.select(0, size.batch - 1).select(1, head)).toFloatArray();
        }

        private float[] row(float[] rows, int row) {
            return Arrays.copyOfRange(rows, row * size.dim, (row + 1) * size.dim);
        }

        private AttentionReference reference(Place place, int head) {
            return new AttentionReference(spec, size.dim, head(place, q, head), head(place, k, head), head(place, v, head),
                    place.onHost(logSumExp.select(0, size.batch - 1).select(0, head)).toFloatArray());
        }

        void checkForward(Place place, Precision precision) {
            place.poison(out, logSumExp);
            forward(place);
            for (int head : new int[] {0, size.heads - 1}) {
                AttentionReference reference = reference(place, head);
                float[] measured = head(place, out, head);
                for (int query : places()) {
                    WrongResult.requireWithin("attention's log-sum of query " + query, reference.logSumExp(query), reference.measuredLogSumExp(query),
                            precision.bound());
                    WrongResult.requireClose("attention of query " + query, reference.output(query), row(measured, query), precision.bound());
                }
            }
        }

        void checkBackward(Place place, Precision precision) {
            checkForward(place, precision);
            for (Tensor gradient : new Tensor[] {dQ, dK, dV}) {
                place.backend().fill(gradient, 0);
            }
            backward(place);
            double bound = 4 * precision.bound();
            int head = size.heads - 1;
            AttentionReference reference = reference(place, head);
            float[] gradients = head(place, dOut, head);
            float[] outputs = head(place, out, head);
            float[] ofQueries = head(place, dQ, head);
            float[] ofKeys = head(place, dK, head);
            float[] ofValues = head(place, dV, head);
            Gradient queries = new Gradient("query");
            Gradient keys = new Gradient("key");
            Gradient values = new Gradient("value");
            for (int at : places()) {
                if (at > 0) { // the first query sees itself alone: its gradient is 0 but for rounding
                    queries.add(at, reference.gradientOfQuery(at, gradients), row(ofQueries, at));
                }
                keys.add(at, reference.gradientOfKey(at, gradients, outputs), row(ofKeys, at));
                values.add(at, reference.gradientOfValue(at, gradients), row(ofValues, at));
            }
            for (Gradient gradient : List.of(queries, keys, values)) {
                gradient.requireClose(bound);
            }
        }

        /** First and last tokens, and both sides of every border of segments. */
        private int[] places() {
            return IntStream.of(0, 1, size.tokens / 3, size.ie - 1, size.ie, size.ie + size.xp - 1, size.ie + size.xp, size.tokens - 1)
                    .filter(at -> at >= 0).distinct().toArray();
        }
    }

    /**
     * Gradients of some tokens. A single one may be the small difference of two large products, in which rounding is a large share: each is
     * held to a loose bound, all together to the strict one.
     */
    private static final class Gradient {
        private static final double OF_ONE = 0.5;

        private final String of;
        private final List<float[]> expected = new ArrayList<>();
        private final List<float[]> measured = new ArrayList<>();

        Gradient(String of) {
            this.of = of;
        }

        void add(int token, float[] reference, float[] device) {
            WrongResult.requireClose("attention's gradient of " + of + " " + token, reference, device, OF_ONE);
            expected.add(reference);
            measured.add(device);
        }

        void requireClose(double bound) {
            WrongResult.requireClose("attention's gradient of " + of + " at sampled tokens", joined(expected), joined(measured), bound);
        }

        private static float[] joined(List<float[]> rows) {
            int dim = rows.getFirst().length;
            float[] out = new float[rows.size() * dim];
            for (int i = 0; i < rows.size(); i++) {
                System.arraycopy(rows.get(i), 0, out, i * dim, dim);
            }
            return out;
        }
    }

    private AttentionWork() {
    }

    static GpuWork forward(Precision precision, Size size) {
        double passes = 4; // reads three, writes one
        return new GpuWork("attention.forward", size.toString(), precision, size.flops(), 4 * passes * size.numbers(), place -> {
            DType type = place.activations(precision, Operation.ATTENTION);
            double bytes = type.bytes() * passes * size.numbers();
            Operands[] sets = new Operands[place.sets(bytes)];
            Arrays.setAll(sets, i -> new Operands(place, size, type, false));
            return new Ready(sets.length, set -> sets[set].forward(place), () -> sets[0].checkForward(place, precision), type, bytes);
        }).against("attention_forward", size.torch());
    }

    static GpuWork backward(Precision precision, Size size) {
        double passes = 11; // reads five, reads and writes three
        return new GpuWork("attention.backward", size.toString(), precision, BACKWARD * size.flops(), 4 * passes * size.numbers(), place -> {
            DType type = place.activations(precision, Operation.ATTENTION_BACKWARD);
            double bytes = type.bytes() * passes * size.numbers();
            Operands[] sets = new Operands[place.sets(bytes)];
            Arrays.setAll(sets, i -> {
                Operands operands = new Operands(place, size, type, true);
                operands.forward(place);
                return operands;
            });
            return new Ready(sets.length, set -> sets[set].backward(place), () -> sets[0].checkBackward(place, precision), type, bytes);
        }).against("attention_backward", size.torch());
    }
}
