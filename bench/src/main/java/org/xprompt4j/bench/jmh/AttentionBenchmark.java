package org.xprompt4j.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionSpec;

/**
 * Masked attention of one sequence. The X-Prompt mask has half of the tokens in IE, 16 in XP and the rest in TD, as a prompt of
 * one example has. Work counts visible pairs, so that a rate that stays the same over lengths says that hidden pairs cost nothing.
 */
public class AttentionBenchmark extends OperationBenchmark {
    private static final int XP = 16;
    private static final int MOST_CHECKED = 2100; // tokens that plain loops check whole
    private static final int CHECKED_QUERIES = 48;

    /** Tokens. */
    @Param("1067")
    public int tokens;

    /** Heads and numbers in a head. */
    @Param("6x64")
    public String heads;

    /** {@code causal} or {@code xprompt}. */
    @Param({"causal", "xprompt"})
    public String mask;

    private AttentionSpec spec;
    private Tensor q; // [1, tokens, heads, headDim]
    private Tensor k; // likewise
    private Tensor v; // likewise
    private Tensor dOut; // likewise
    private Output out; // likewise
    private Output logSumExp; // [1, heads, tokens]
    private Output dQ; // as q
    private Output dK; // as k
    private Output dV; // as v

    private AttentionMask mask() {
        return switch (mask) {
            case "causal" -> AttentionMask.causal(tokens);
            case "xprompt" -> AttentionMask.segmented(new int[] {(tokens - XP) / 2, XP, tokens - XP - (tokens - XP) / 2},
                    new boolean[][] {{true, true, true}, {true, true, true}, {false, true, true}});
            default -> throw new IllegalArgumentException("mask '" + mask + "' must be causal or xprompt");
        };
    }

    @Override
    void prepare() {
        int[] h = sizes(heads, 2);
        spec = new AttentionSpec((float) (1 / Math.sqrt(h[1])), mask());
        q = random(1, tokens, h[0], h[1]);
        k = random(1, tokens, h[0], h[1]);
        v = random(1, tokens, h[0], h[1]);
        dOut = random(1, tokens, h[0], h[1]);
        out = output("output", 1, tokens, h[0], h[1]);
        logSumExp = output("log-sum-exp", 1, h[0], tokens);
        dQ = output("dQ", 1, tokens, h[0], h[1]);
        dK = output("dK", 1, tokens, h[0], h[1]);
        dV = output("dV", 1, tokens, h[0], h[1]);
    }

    @Override
    void check() {
        if (tokens <= MOST_CHECKED) {
            compare(1e-5, this::attention, out, logSumExp);
            compare(1e-4, this::gradients, dQ, dK, dV);
            return;
        }
        attention(backend); // the last queries see every kind of segment
        int first = tokens - CHECKED_QUERIES;
        try (MemoryScope checked = oracle().openScope("checked queries")) {
            Tensor last = q.slice(1, first, tokens);
            Tensor expected = checked.allocate(q.dtype(), last.shape());
            oracle().attention(new AttentionSpec(spec.scale(), spec.mask().lastQueries(CHECKED_QUERIES)), last, k, v, expected, null);
            requireClose("AttentionBenchmark last queries", expected.toFloatArray(), out.of(backend).slice(1, first, tokens).toFloatArray(), 1e-5);
        }
        gradients(backend);
    }

    private void attention(Backend device) {
        device.attention(spec, q, k, v, out.of(device), logSumExp.of(device));
    }

    private void gradients(Backend device) {
        device.attentionBackward(spec, q, k, v, out.of(device), logSumExp.of(device), dOut, dQ.of(device), dK.of(device), dV.of(device));
    }

    @Override
    public Work work(String method) {
        int[] h = sizes(heads, 2);
        double numbers = (double) tokens * h[0] * h[1];
        double forward = 4.0 * mask().visiblePairs() * h[0] * h[1];
        return method.equals("forward") ? Work.of(forward, 4 * numbers) : Work.of(2.5 * forward, 11 * numbers); // reads 5, reads and writes 3
    }

    @Benchmark
    public void forward() {
        attention(backend);
    }

    @Benchmark
    public void backward() {
        gradients(backend);
    }
}
