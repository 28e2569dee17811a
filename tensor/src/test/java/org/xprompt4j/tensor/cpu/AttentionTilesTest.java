package org.xprompt4j.tensor.cpu;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionSpec;

import static org.assertj.core.api.Assertions.assertThat;

/** What the tiles visit is what the mask shows: no pair less, few more, and memory for tokens, not for pairs. */
class AttentionTilesTest {
    /** Equal IE and TD around 1.5 % of XP tokens, as in training. */
    private static AttentionMask xprompt(int tokens) {
        int xp = Math.max(16, tokens / 66);
        return AttentionTest.prompt((tokens - xp) / 2, xp, tokens - xp - (tokens - xp) / 2);
    }

    @ParameterizedTest
    @MethodSource("org.xprompt4j.tensor.cpu.AttentionTest#masks")
    void everyVisiblePairIsVisitedOnce(AttentionMask mask) {
        AttentionTiles tiles = AttentionTiles.of(mask);
        boolean[][] visited = new boolean[mask.queries()][mask.keys()];
        for (int tile = 0; tile < tiles.count(); tile++) {
            for (int s = tiles.first(tile); s < tiles.first(tile + 1); s++) {
                for (int key = tiles.from(s), end; key < tiles.to(s); key = end) {
                    end = tiles.stepTo(s, key);
                    assertThat(end - key).as("keys of a step").isBetween(1, AttentionTiles.KEYS);
                    for (int i = 0; i < tiles.queriesOf(tile); i++) {
                        int query = tiles.queryFrom(tile) + i;
                        int seen = tiles.allSee(s, end) ? end - key
                                : Math.clamp((int) tiles.visible()[s * AttentionTiles.QUERIES + i] - (key - tiles.from(s)), 0, end - key);
                        assertThat(tiles.keysNeeded(s, key, end, i / AttentionKernels.WIDTH)).as("scores of query %d", query).isGreaterThanOrEqualTo(seen);
                        assertThat(tiles.keysOfRows(s, key, i)).as("keys of the rows of query %d", query).isGreaterThanOrEqualTo(seen);
                        for (int k = key; k < key + seen; k++) {
                            assertThat(visited[query][k]).as("query %d visits key %d twice", query, k).isFalse();
                            visited[query][k] = true;
                        }
                    }
                }
            }
        }
        for (int query = 0; query < mask.queries(); query++) {
            for (int key = 0; key < mask.keys(); key++) {
                assertThat(visited[query][key]).as("query %d, key %d of %s", query, key, mask).isEqualTo(mask.allows(query, key));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1024, 1067, 2048, 4096, 16384})
    void workIsThatOfTheVisiblePairs(int tokens) {
        AttentionMask causal = AttentionMask.causal(tokens);
        AttentionMask xprompt = xprompt(tokens);
        double causalWork = (double) AttentionTiles.of(causal).scores() / causal.visiblePairs();
        double xpromptWork = (double) AttentionTiles.of(xprompt).scores() / xprompt.visiblePairs();
        assertThat(causalWork).as("scores for a visible pair, causal").isBetween(1.0, 1.08);
        assertThat(xpromptWork).as("scores for a visible pair, X-Prompt").isBetween(1.0, 1.12);
        assertThat(xpromptWork / causalWork).as("X-Prompt beside causal").isLessThan(1.10);
    }

    @Test
    void tilesEndWhereTheMaskChanges() {
        AttentionTiles tiles = AttentionTiles.of(AttentionTest.prompt(100, 8, 100));
        for (int tile = 0; tile < tiles.count(); tile++) {
            assertThat(tiles.queryFrom(tile) < 108 && tiles.queryFrom(tile) + tiles.queriesOf(tile) > 108).as("tile %d crosses into TD", tile).isFalse();
        }
        int last = tiles.count() - 1;
        assertThat(tiles.first(last + 1) - tiles.first(last)).as("XP and TD are one stretch").isOne();
        assertThat(tiles.from(tiles.first(last))).as("TD is blind to IE").isEqualTo(100);
        assertThat(AttentionTiles.of(AttentionMask.causal(256)).count()).isEqualTo(4);
    }

    @Test
    void partsAreBalanced() {
        AttentionTiles tiles = AttentionTiles.of(AttentionMask.causal(4096));
        int[] cuts = tiles.balanced(4);
        assertThat(cuts[0]).isZero();
        assertThat(cuts[4]).isEqualTo(tiles.count());
        for (int part = 0; part < 4; part++) { // the work of tile t is t + 1 steps
            double work = (cuts[part + 1] * (cuts[part + 1] + 1.0) - cuts[part] * (cuts[part] + 1.0)) / 2;
            assertThat(work / (64 * 65 / 2.0 / 4)).as("part %d of %s", part, java.util.Arrays.toString(cuts)).isBetween(0.9, 1.1);
        }
    }

    /** Heap bytes that a new thread holds after one forward and backward pass, one head of 64. */
    private static long bytes(int tokens) throws InterruptedException {
        long[] bytes = new long[1];
        try (Agreement a = new Agreement(tokens)) {
            Tensor x = a.normal(1, tokens, 1, 64);
            Tensor out = a.poison(1, tokens, 1, 64);
            Tensor kept = a.poison(1, 1, tokens);
            Tensor gradient = a.normal(1, tokens, 1, 64);
            AttentionSpec spec = new AttentionSpec(0.125f, xprompt(tokens));
            // Beside a loop of another thread all tasks run on the caller.
            Thread fresh = Thread.ofPlatform().unstarted(() -> {
                a.vectors.attention(spec, x, x, x, out, kept);
                a.vectors.attentionBackward(spec, x, x, x, out, kept, x, gradient, gradient, gradient);
                bytes[0] = Scratch.get().bytes();
            });
            Throwable[] failure = new Throwable[1];
            fresh.setUncaughtExceptionHandler((thread, e) -> failure[0] = e);
            WorkerPool.shared().parallelFor(2, task -> {
                if (task == 0) {
                    fresh.start();
                    try {
                        fresh.join();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException("interrupted while measuring", e);
                    }
                }
            });
            assertThat(failure[0]).isNull();
        }
        return bytes[0];
    }

    @Test
    void memoryIsLinearInTokens() throws InterruptedException {
        long small = bytes(1024);
        long large = bytes(4096);
        assertThat((double) large / small).as("%d bytes for 1024 tokens, %d for 4096", small, large).isBetween(1.0, 4.4);
        assertThat(large).as("bytes beside those of q, k, v and out; a matrix of scores would be %d", 4L * 4096 * 4096).isLessThan(4096L * 64 * 4 * 4 * 7);
    }
}
