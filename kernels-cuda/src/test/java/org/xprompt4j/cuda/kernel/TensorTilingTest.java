package org.xprompt4j.cuda.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How products are cut on a device of 132 multiprocessors. */
class TensorTilingTest {
    private static final int MULTIPROCESSORS = 132;

    @ParameterizedTest
    @CsvSource({"5120, 12288, 4096", "5120, 4096, 4096", "5120, 4096, 11008", "4096, 11008, 5120", "8192, 8192, 8192", "5120, 65536, 4096"})
    void largeProductsTakeTheWideTileWhole(long m, long n, long k) {
        TensorTiling tiling = TensorTiling.of(m, n, k, false, MULTIPROCESSORS);
        assertThat(tiling.tile()).isEqualTo(TensorTiling.Tile.WIDE);
        assertThat(tiling.splits()).isEqualTo(1);
    }

    @Test
    void fewTilesWithALongSumAreSplit() {
        TensorTiling tiling = TensorTiling.of(512, 768, 4096, false, MULTIPROCESSORS);
        assertThat(tiling.splits()).isBetween(2, 16);
        assertThat(tiling.tile().tiles(512, 768) * tiling.splits()).isGreaterThan(MULTIPROCESSORS / 2);
    }

    @Test
    void partsCoverTheSumAndAreWholeSlices() {
        for (long k : new long[] {1, 31, 32, 33, 511, 513, 4096, 11_008, 100_003}) {
            TensorTiling tiling = TensorTiling.of(65, 64, k, false, MULTIPROCESSORS);
            assertThat(tiling.perSplit() % 32).isZero();
            assertThat(tiling.perSplit() * tiling.splits()).isGreaterThanOrEqualTo(k);
            assertThat(tiling.perSplit() * (tiling.splits() - 1)).as("no part is empty, k=%d", k).isLessThan(k);
        }
    }

    @Test
    void aShortSumOfFewTilesStaysWhole() {
        assertThat(TensorTiling.of(100, 100, 256, false, MULTIPROCESSORS)).isEqualTo(new TensorTiling(TensorTiling.Tile.SMALL, 1, 256));
        assertThat(TensorTiling.of(4096, 4096, 4096, true, MULTIPROCESSORS).tile()).as("transposed twice").isEqualTo(TensorTiling.Tile.SMALL);
    }
}
