package org.xprompt4j.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.SamplingSpec;

/** Draws: every step of {@link SamplingSpec} against its plain statement, token for token, and the distribution. */
class SamplingContractTest extends BackendContract {
    /** The specification again, over a sorted list of candidates. */
    private static int draw(SamplingSpec spec, float[] full, float[] imageOnly, float[] unconditional, int stream, int position) {
        record Candidate(int token, float score) {
        }
        List<Candidate> candidates = new ArrayList<>();
        for (int t = spec.firstAllowed(); t < spec.firstAllowed() + spec.allowedCount(); t++) {
            float x = full[t];
            if (unconditional != null && imageOnly != null) {
                x = unconditional[t] + spec.imageScale() * (imageOnly[t] - unconditional[t]) + spec.fullScale() * (full[t] - imageOnly[t]);
            } else if (unconditional != null) {
                x = unconditional[t] + spec.fullScale() * (full[t] - unconditional[t]);
            }
            candidates.add(new Candidate(t, spec.temperature() == 0 ? x : x / spec.temperature()));
        }
        candidates.sort(Comparator.<Candidate>comparingDouble(c -> -c.score).thenComparingInt(Candidate::token));
        if (spec.temperature() == 0) {
            return candidates.getFirst().token;
        }
        if (spec.topK() > 0 && spec.topK() < candidates.size()) {
            float last = candidates.get(spec.topK() - 1).score;
            candidates.removeIf(c -> c.score < last);
        }
        if (spec.topP() < 1) {
            double most = candidates.getFirst().score;
            double total = 0;
            for (Candidate c : candidates) {
                total += Math.exp(c.score - most);
            }
            double mass = 0;
            int kept = 0;
            while (kept < candidates.size() && (kept == 0 || mass < spec.topP() * total)) {
                mass += Math.exp(candidates.get(kept++).score - most);
            }
            candidates = candidates.subList(0, kept);
        }
        return candidates.stream().max(Comparator.<Candidate>comparingDouble(
                c -> c.score + Philox.gumbel(spec.seed(), stream, (long) position * full.length + c.token)).thenComparing(c -> -c.token)).orElseThrow().token;
    }

    @Test
    void everyStepFollowsTheSpecification() {
        for (int trial = 0; trial < 160; trial++) {
            int rows = bench.between(1, 9);
            int vocab = trial % 8 == 0 ? 8710 : bench.between(2, 300);
            int first = bench.between(0, vocab - 1);
            int count = bench.between(1, vocab - first);
            SamplingSpec spec = new SamplingSpec(trial % 9 == 0 ? 0 : 0.3f + trial % 5 * 0.4f, trial % 3 == 0 ? 0 : bench.between(1, 40),
                    trial % 4 == 0 ? 1 : 0.05f + 0.9f * (trial % 7) / 7, first, count, 99 + trial, 1.2f, 3);
            Tensor full = bench.input(rows, vocab);
            Tensor unconditional = trial % 2 == 0 ? null : bench.input(rows, vocab);
            Tensor imageOnly = trial % 4 == 1 ? bench.input(rows, vocab) : null;
            if (trial % 5 == 0) {
                backend.scale(full, 8, full);
            }
            Tensor streams = bench.ids(rows, 1000);
            Tensor positions = bench.ids(rows, 4096);
            Tensor tokens = bench.intOutput(rows);
            backend.sample(spec, full, imageOnly, unconditional, streams, positions, tokens);
            for (int r = 0; r < rows; r++) {
                int expected = draw(spec, full.select(0, r).toFloatArray(), imageOnly == null ? null : imageOnly.select(0, r).toFloatArray(),
                        unconditional == null ? null : unconditional.select(0, r).toFloatArray(), streams.toIntArray()[r], positions.toIntArray()[r]);
                assertThat(tokens.toIntArray()[r]).as(bench.describe("row " + r + " of vocabulary " + vocab + ", " + spec)).isEqualTo(expected);
            }
        }
    }

    @Test
    void tiesGoToTheLowerToken() {
        Tensor logits = bench.of(new float[] {9, 1, 5, 5, 5, 0}, 1, 6);
        Tensor tokens = bench.intOutput(1);
        backend.sample(new SamplingSpec(0, 0, 1, 1, 5, 1, 1, 1), logits, null, null, bench.of(new int[] {0}, 1), bench.of(new int[] {0}, 1), tokens);
        assertThat(tokens.toIntArray()).as(bench.describe("greedy tie")).containsExactly(2);
    }

    @Test
    void forbiddenLogitsAreNeverDrawn() {
        int rows = 64;
        float[] values = new float[rows * 8];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 8 == 3 || i % 8 == 6 ? 0 : Float.NEGATIVE_INFINITY;
        }
        int[] positions = new int[rows];
        for (int i = 0; i < rows; i++) {
            positions[i] = i;
        }
        Tensor tokens = bench.intOutput(rows);
        backend.sample(new SamplingSpec(1, 5, 0.99f, 0, 8, 7, 1, 1), bench.of(values, rows, 8), null, null, bench.of(new int[rows], rows),
                bench.of(positions, rows), tokens);
        assertThat(tokens.toIntArray()).as(bench.describe("two allowed tokens")).containsOnly(3, 6);
    }

    @Test
    void drawsFollowTheSoftmax() {
        float[] logits = {0, 1, 2, -1};
        int rows = 4000;
        float[] values = new float[rows * 4];
        int[] positions = new int[rows];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(logits, 0, values, r * 4, 4);
            positions[r] = r;
        }
        Tensor tokens = bench.intOutput(rows);
        backend.sample(new SamplingSpec(1, 0, 1, 0, 4, 5, 1, 1), bench.of(values, rows, 4), null, null, bench.of(new int[rows], rows),
                bench.of(positions, rows), tokens);
        double total = Math.exp(0) + Math.exp(1) + Math.exp(2) + Math.exp(-1);
        double chiSquare = 0;
        for (int t = 0; t < 4; t++) {
            int token = t;
            long drawn = Arrays.stream(tokens.toIntArray()).filter(x -> x == token).count();
            double expected = rows * Math.exp(logits[t]) / total;
            chiSquare += (drawn - expected) * (drawn - expected) / expected;
        }
        assertThat(chiSquare).as("chi-square with 3 degrees of freedom; 16.3 has probability 0.001").isLessThan(16.3);
    }
}
