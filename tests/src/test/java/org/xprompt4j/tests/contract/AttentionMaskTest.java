package org.xprompt4j.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionMask.KeyRange;

/** Every way to ask a mask gives the same answer as its dense definition. */
class AttentionMaskTest {
    private final long seed = Workbench.seed();
    private final Philox random = new Philox(seed, 77);

    @Test
    void allAnswersAgreeOnRandomSegmentations() {
        for (int trial = 0; trial < 300; trial++) {
            check(Masks.segmented(random, 1 + random.nextInt(6), 9));
        }
    }

    @Test
    void allAnswersAgreeOnPlainMasks() {
        for (int queries = 1; queries < 12; queries++) {
            for (int keys = 1; keys < 20; keys++) {
                check(Masks.full(queries, keys));
                if (queries <= keys) {
                    check(Masks.causal(queries, keys));
                }
            }
        }
        check(Masks.xprompt(21, 4, 23));
    }

    private void check(Masks masks) {
        AttentionMask mask = masks.mask();
        boolean[][] sees = masks.sees();
        String what = masks.name() + " (seed " + seed + ")";
        assertThat(mask.queries()).as(what).isEqualTo(sees.length);
        assertThat(mask.keys()).as(what).isEqualTo(sees[0].length);
        long pairs = 0;
        for (int i = 0; i < mask.queries(); i++) {
            for (int j = 0; j < mask.keys(); j++) {
                assertThat(mask.allows(i, j)).as("%s query %d key %d", what, i, j).isEqualTo(sees[i][j]);
                pairs += sees[i][j] ? 1 : 0;
            }
        }
        assertThat(mask.visiblePairs()).as(what).isEqualTo(pairs);
        int tile = 1 + random.nextInt(7);
        for (int from = 0; from < mask.queries();) {
            int to = Math.min(mask.queries(), from + 1 + random.nextInt(7));
            checkTile(what, mask, sees, from, to, tile);
            from = to;
        }
    }

    private static void checkTile(String what, AttentionMask mask, boolean[][] sees, int from, int to, int tile) {
        List<KeyRange> ranges = mask.keyRanges(from, to, tile);
        boolean[] covered = new boolean[mask.keys()];
        int end = 0;
        for (KeyRange range : ranges) {
            assertThat(range.from()).as("%s: ascending", what).isGreaterThanOrEqualTo(end);
            assertThat(range.to() - range.from()).as("%s: length of %s", what, range).isBetween(1, tile);
            end = range.to();
            boolean any = false;
            for (int i = from; i < to; i++) {
                int visible = range.full() ? range.to() - range.from() : mask.visibleKeys(i, range);
                assertThat(mask.visibleKeys(i, range)).as("%s query %d of %s", what, i, range).isEqualTo(visible);
                for (int j = range.from(); j < range.to(); j++) {
                    assertThat(j - range.from() < visible).as("%s query %d key %d by %s", what, i, j, range).isEqualTo(sees[i][j]);
                    covered[j] = true;
                }
                any |= visible > 0;
            }
            assertThat(any).as("%s: tile %d..%d computes %s for nothing", what, from, to, range).isTrue();
        }
        for (int i = from; i < to; i++) {
            for (int j = 0; j < mask.keys(); j++) {
                assertThat(covered[j] || !sees[i][j]).as("%s query %d key %d is skipped", what, i, j).isTrue();
            }
        }
    }

    @Test
    void theCompressedTaskNeverTouchesTheExample() {
        AttentionMask mask = Masks.xprompt(1000, 32, 500).mask();
        List<KeyRange> ranges = mask.keyRanges(1032, 1100, 64);
        assertThat(ranges).allSatisfy(range -> assertThat(range.from()).isGreaterThanOrEqualTo(1000));
        assertThat(mask.visiblePairs()).isEqualTo(1032L * 1033 / 2 + 500L * 32 + 500L * 501 / 2);
    }

    @Test
    void impossibleMasksAreRefused() {
        assertThatThrownBy(() -> AttentionMask.causal(5, 4)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("5 causal queries");
        assertThatThrownBy(() -> AttentionMask.full(0, 4)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("at least one query");
        assertThatThrownBy(() -> AttentionMask.segmented(new int[] {2}, new boolean[][] {{false}})).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must see itself");
        assertThatThrownBy(() -> AttentionMask.segmented(new int[] {-1}, new boolean[][] {{true}})).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AttentionMask.causal(4).lastQueries(5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AttentionMask.causal(4).keyRanges(0, 5, 4)).isInstanceOf(IllegalArgumentException.class);
    }
}
