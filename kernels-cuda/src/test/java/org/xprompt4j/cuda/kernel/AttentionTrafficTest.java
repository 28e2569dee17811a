package org.xprompt4j.cuda.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xprompt4j.tensor.kernel.LaunchReport;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionSpec;

/** Attention on the tensor cores by the emulator's counters: only visible tiles are multiplied, in whole lines, without bank conflicts. */
class AttentionTrafficTest {
    private static final int TILE = 64;

    private static CountedLaunches counted;

    @BeforeAll
    static void open() {
        counted = new CountedLaunches(Precision.BF16);
    }

    @AfterAll
    static void close() {
        counted.close();
    }

    private static void clean(LaunchReport report, long operations) {
        assertThat(report.tensorOperations()).as("operations of %s", report.kernel()).isEqualTo(operations);
        assertThat((double) report.traffic().sharedConflicts() / report.traffic().sharedWavefronts()).as("bank conflicts of %s", report.kernel()).isLessThan(0.02);
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64, 128})
    void hiddenTilesCostNothing(int dim) {
        // Two tiles of example, one of X-Prompt tokens and the job behind them: of 4 x 4 tiles 10 lie below the diagonal, 8 of these are visible.
        AttentionMask mask = AttentionMask.segmented(new int[] {2 * TILE, TILE, TILE}, new boolean[][] {{true, true, true}, {true, true, true}, {false, true, true}});
        long pairs = 8;
        AttentionSpec spec = new AttentionSpec(0.1f, mask);
        Attention attention = new Attention(counted.kernels);
        long rows = 4 * TILE;
        Tensor q = counted.input(DType.BF16, 1, rows, 1, dim);
        Tensor k = counted.input(DType.BF16, 1, rows, 1, dim);
        Tensor v = counted.input(DType.BF16, 1, rows, 1, dim);
        Tensor out = counted.input(DType.BF16, 1, rows, 1, dim);
        Tensor dOut = counted.input(DType.BF16, 1, rows, 1, dim);
        Tensor dQ = counted.input(DType.BF16, 1, rows, 1, dim);
        Tensor dK = counted.input(DType.BF16, 1, rows, 1, dim);
        Tensor dV = counted.input(DType.BF16, 1, rows, 1, dim);
        Tensor lse = counted.input(1, 1, rows);
        LaunchReport forward = counted.one(() -> attention.forward(spec, q, k, v, out, lse));
        long product = 2L * TILE * TILE * dim; // of a pair of tiles
        clean(forward, 2 * product * pairs);
        List<LaunchReport> backward = counted.of(() -> attention.backward(spec, q, k, v, out, lse, dOut, dQ, dK, dV));
        clean(backward.get(1), 3 * product * pairs);
        clean(backward.get(2), 4 * product * pairs);
    }

    /** A step of decoding reads each key and value of the valid entries once for its one head, in whole lines. */
    @ParameterizedTest
    @ValueSource(strings = {"F32 64", "F32 128", "BF16 64", "BF16 128", "BF16 256"})
    void theCacheIsReadOnce(String what) {
        DType type = DType.valueOf(what.split(" ")[0]);
        int dim = Integer.parseInt(what.split(" ")[1]);
        int capacity = 512;
        int length = 384;
        Tensor keys = counted.input(type, 1, capacity, 1, dim);
        Tensor values = counted.input(type, 1, capacity, 1, dim);
        Tensor q = counted.input(1, 1, dim);
        Tensor out = counted.input(1, 1, dim);
        Tensor lengths = counted.integers(length);
        LaunchReport split = counted.of(() -> CachedAttention.forward(counted.kernels, 0.1f, q, keys, values, lengths, out)).getFirst();
        long cache = 2L * length * dim * type.bytes();
        assertThat(32 * split.traffic().globalSectors()).as("bytes that %s moves", split.kernel()).isBetween(cache, cache + cache / 10 + 4096);
        assertThat(split.traffic().sectorsPerRequest()).as("near 16 bytes a lane").isGreaterThan(8);
    }
}
