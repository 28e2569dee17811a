package org.xprompt4j.tests.contract;

import static org.xprompt4j.tests.contract.Workbench.sum;
import static org.xprompt4j.tests.contract.Workbench.wide;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionSpec;
import org.xprompt4j.tests.Closeness;
import org.xprompt4j.tests.reference.Differences;
import org.xprompt4j.tests.reference.ReferenceAttention;
import org.xprompt4j.tests.reference.ReferenceAttention.Sizes;

/** Masked attention forward and backward, and attention over a cache. */
class AttentionContractTest extends BackendContract {
    private Masks mask(int trial) {
        return switch (trial % 4) {
            case 0 -> Masks.causal(bench.between(1, 9), bench.between(9, 20));
            case 1 -> Masks.full(bench.awkward(), bench.awkward());
            case 2 -> Masks.xprompt(bench.between(1, 12), bench.between(1, 4), bench.between(1, 12));
            default -> Masks.segmented(new Philox(Workbench.seed(), trial), bench.between(2, 5), 7);
        };
    }

    private Sizes sizes(Masks mask, int dim) {
        int kvHeads = bench.between(1, 2);
        return new Sizes(bench.between(1, 2), kvHeads * bench.between(1, 3), kvHeads, dim, 1 / Math.sqrt(dim), mask.sees());
    }

    @Test
    void forward() {
        for (int trial = 0; trial < 32; trial++) {
            Masks mask = mask(trial);
            Sizes s = sizes(mask, bench.awkward());
            Tensor q = bench.input(s.batch(), s.queries(), s.heads(), s.dim());
            Tensor k = bench.input(s.batch(), s.keys(), s.kvHeads(), s.dim());
            Tensor v = bench.input(s.batch(), s.keys(), s.kvHeads(), s.dim());
            Tensor out = bench.output(s.batch(), s.queries(), s.heads(), s.dim());
            Tensor logSumExp = trial % 5 == 0 ? null : bench.output(s.batch(), s.heads(), s.queries());
            backend.attention(new AttentionSpec((float) s.scale(), mask.mask()), q, k, v, out, logSumExp);
            String what = bench.describe("attention " + q.shape() + " over " + k.shape() + ", " + mask.name());
            Closeness.of(what, ReferenceAttention.attention(s, wide(q), wide(k), wide(v)), out.toFloatArray()).within(1e-5, 3e-6);
            if (logSumExp != null) {
                Closeness.of(what + " logSumExp", ReferenceAttention.logSumExp(s, wide(q), wide(k)), logSumExp.toFloatArray()).within(3e-6, 3e-6);
            }
        }
    }

    @Test
    void largeScoresDoNotOverflow() {
        Masks mask = Masks.causal(9, 17);
        Sizes s = new Sizes(1, 2, 1, 8, 60, mask.sees());
        Tensor q = bench.input(1, 9, 2, 8);
        Tensor k = bench.input(1, 17, 1, 8);
        Tensor v = bench.input(1, 17, 1, 8);
        Tensor out = bench.output(1, 9, 2, 8);
        backend.attention(new AttentionSpec(60, mask.mask()), q, k, v, out, null);
        Closeness.of(bench.describe("attention with scores of hundreds"), ReferenceAttention.attention(s, wide(q), wide(k), wide(v)), out.toFloatArray())
                .scaledByLargest().within(3e-4, 0); // a score of 500 carries an absolute error of 500 · 6e-8 and more
    }

    @Test
    void whatTheMaskHidesHasNoInfluence() {
        Masks mask = Masks.xprompt(19, 3, 13);
        Tensor q = bench.input(1, 35, 2, 8);
        Tensor k = bench.input(1, 35, 2, 8);
        Tensor v = bench.input(1, 35, 2, 8);
        AttentionSpec taskOnly = new AttentionSpec(0.3f, mask.mask().lastQueries(13));
        Tensor tail = bench.of(q.slice(1, 22, 35).toFloatArray(), 1, 13, 2, 8);
        Tensor out = bench.output(1, 13, 2, 8);
        backend.attention(taskOnly, tail, k, v, out, null);
        float[] before = out.toFloatArray();
        Tensor hiddenKeys = k.slice(1, 0, 19);
        Tensor hiddenValues = v.slice(1, 0, 19);
        backend.fill(hiddenKeys, Float.NaN);
        backend.fill(hiddenValues, Float.NaN);
        backend.attention(taskOnly, tail, k, v, out, null);
        Closeness.of(bench.describe("attention with hidden NaN"), before, out.toFloatArray()).within(0, 0);
    }

    @Test
    void backward() {
        for (int trial = 0; trial < 12; trial++) {
            Masks mask = mask(trial);
            Sizes s = sizes(mask, trial % 2 == 0 ? 4 : bench.between(1, 9));
            Tensor q = bench.input(s.batch(), s.queries(), s.heads(), s.dim());
            Tensor k = bench.input(s.batch(), s.keys(), s.kvHeads(), s.dim());
            Tensor v = bench.input(s.batch(), s.keys(), s.kvHeads(), s.dim());
            Tensor out = bench.output(s.batch(), s.queries(), s.heads(), s.dim());
            Tensor logSumExp = bench.output(s.batch(), s.heads(), s.queries());
            AttentionSpec spec = new AttentionSpec((float) s.scale(), mask.mask());
            backend.attention(spec, q, k, v, out, logSumExp);
            Tensor dOut = bench.input(s.batch(), s.queries(), s.heads(), s.dim());
            Tensor dQ = trial == 3 ? null : bench.input(s.batch(), s.queries(), s.heads(), s.dim());
            Tensor dK = trial == 4 ? null : bench.input(s.batch(), s.keys(), s.kvHeads(), s.dim());
            Tensor dV = trial == 5 ? null : bench.input(s.batch(), s.keys(), s.kvHeads(), s.dim());
            double[] beforeQ = dQ == null ? null : wide(dQ);
            double[] beforeK = dK == null ? null : wide(dK);
            double[] beforeV = dV == null ? null : wide(dV);
            backend.attentionBackward(spec, q, k, v, out, logSumExp, dOut, dQ, dK, dV);
            String what = bench.describe("attention backward " + q.shape() + " over " + k.shape() + ", " + mask.name());
            if (dQ != null) {
                close(what + " dQ", beforeQ, Differences.gradient(x -> ReferenceAttention.attention(s, x, wide(k), wide(v)), wide(q), wide(dOut)), dQ);
            }
            if (dK != null) {
                close(what + " dK", beforeK, Differences.gradient(x -> ReferenceAttention.attention(s, wide(q), x, wide(v)), wide(k), wide(dOut)), dK);
            }
            if (dV != null) {
                close(what + " dV", beforeV, Differences.gradient(x -> ReferenceAttention.attention(s, wide(q), wide(k), x), wide(v), wide(dOut)), dV);
            }
        }
    }

    private static void close(String what, double[] before, double[] gradient, Tensor actual) {
        Closeness.of(what, sum(before, 1, gradient), actual.toFloatArray()).scaledByLargest().within(1e-5, 2e-6);
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "BF16"})
    void cachedAttention(DType cacheType) {
        for (int trial = 0; trial < 24; trial++) {
            int batch = bench.between(1, 5);
            int kvHeads = bench.between(1, 3);
            int heads = kvHeads * bench.between(1, 3);
            int dim = bench.awkward();
            int capacity = bench.between(1, 70);
            int[] lengths = new int[batch];
            for (int b = 0; b < batch; b++) {
                lengths[b] = bench.between(1, capacity);
            }
            Tensor q = bench.input(batch, heads, dim);
            Tensor keys = bench.input(cacheType, batch, capacity, kvHeads, dim);
            Tensor values = bench.input(cacheType, batch, capacity, kvHeads, dim);
            for (int b = 0; b < batch; b++) { // what lies behind the valid entries must not matter
                backend.fill(keys.select(0, b).slice(0, lengths[b], capacity), Float.NaN);
                backend.fill(values.select(0, b).slice(0, lengths[b], capacity), Float.NaN);
            }
            Tensor out = bench.output(batch, heads, dim);
            backend.cachedAttention((float) (1 / Math.sqrt(dim)), q, keys, values, bench.of(lengths, batch), out);
            for (int b = 0; b < batch; b++) {
                Sizes s = new Sizes(1, heads, kvHeads, dim, 1 / Math.sqrt(dim), Masks.full(1, lengths[b]).sees());
                int used = lengths[b] * kvHeads * dim;
                double[] expected = ReferenceAttention.attention(s, wide(q.select(0, b)), Arrays.copyOf(wide(keys.select(0, b)), used),
                        Arrays.copyOf(wide(values.select(0, b)), used));
                Closeness.of(bench.describe("cachedAttention " + cacheType + " row " + b + " of " + Arrays.toString(lengths) + " " + keys.shape()), expected,
                        out.select(0, b).toFloatArray()).within(1e-5, 3e-6);
            }
        }
    }
}
