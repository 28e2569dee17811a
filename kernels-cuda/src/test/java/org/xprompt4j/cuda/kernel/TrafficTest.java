package org.xprompt4j.cuda.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xprompt4j.tensor.kernel.LaunchReport;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;
import org.xprompt4j.tensor.op.UnaryOp;

/** What kernels move, by the emulator's counters: every operand once or as often as the tiling says, in whole sectors, without bank conflicts. */
class TrafficTest {
    private static CountedLaunches counted;

    @BeforeAll
    static void open() {
        counted = new CountedLaunches(Precision.F32);
    }

    @AfterAll
    static void close() {
        counted.close();
    }

    /** The sectors of a launch are the bytes that it needs. */
    private static void moves(LaunchReport report, long bytes) {
        assertThat(32 * report.traffic().globalSectors()).as("bytes of the sectors that %s moves", report.kernel()).isCloseTo(bytes, Percentage.withPercentage(1));
    }

    @ParameterizedTest
    @EnumSource(TensorTiling.Tile.class)
    void tilesOfTheTensorCores(TensorTiling.Tile tile) {
        int m = 256;
        int n = 128;
        int k = 128;
        for (MatmulSpec spec : new MatmulSpec[] {MatmulSpec.NT, MatmulSpec.NN, MatmulSpec.TN}) {
            Tensor a = counted.input(DType.BF16, spec.transposeA() ? k : m, spec.transposeA() ? m : k);
            Tensor b = counted.input(DType.BF16, spec.transposeB() ? n : k, spec.transposeB() ? k : n);
            Tensor out = counted.input(m, n);
            LaunchReport report = counted.one(() -> TensorCoreMatmul.product(counted.kernels, spec, new TensorCoreMatmul.Operand(a, a.dim(1)),
                    new TensorCoreMatmul.Operand(b, b.dim(1)), k, new Epilogue(null, Activation.NONE, null, out), out, new TensorTiling(tile, 1, k)));
            moves(report, tile.tiles(m, n) * (tile.rows + tile.columns) * k * 2L + 2L * m * n * 4); // residual and result
            assertThat(report.traffic().sectorsPerRequest()).as("16 bytes a lane").isEqualTo(16);
            assertThat(report.tensorOperations()).isEqualTo(2L * m * n * k);
            assertThat((double) report.traffic().sharedConflicts() / report.traffic().sharedWavefronts()).as("bank conflicts").isLessThan(0.02);
        }
    }

    @Test
    void fewRowsReadTheWeightsOnce() {
        int n = 64;
        int k = 2048;
        for (DType type : new DType[] {DType.F32, DType.BF16, DType.I8}) {
            Tensor a = counted.input(1, k);
            Tensor b = counted.input(type, n, k);
            Tensor scales = counted.input(n);
            Tensor out = counted.input(1, n);
            LaunchReport report = counted.one(() -> {
                if (type == DType.I8) {
                    Matmul.int8(counted.kernels, a, b, scales, Epilogue.NONE, out);
                } else {
                    Matmul.forward(counted.kernels, MatmulSpec.NT, a, b, Epilogue.NONE, out);
                }
            });
            moves(report, b.byteSize() + n / 4 * a.byteSize()); // four columns share a row's load, which comes from the first-level cache
        }
    }

    @Test
    void fewRowsTimesAMatrixInRowsOfN() {
        int n = 1024;
        int k = 256;
        for (DType type : new DType[] {DType.F32, DType.BF16}) {
            Tensor a = counted.input(2, k);
            Tensor b = counted.input(type, k, n);
            Tensor out = counted.input(2, n);
            LaunchReport report = counted.one(() -> Matmul.forward(counted.kernels, MatmulSpec.NN, a, b, Epilogue.NONE, out));
            moves(report, b.byteSize() + out.byteSize() + 32L * 2 * k * n / 128); // an element of a is one sector for 128 columns
        }
    }

    @Test
    void swiGlu() {
        for (DType type : new DType[] {DType.F32, DType.BF16}) {
            Tensor gate = counted.input(type, 4096);
            Tensor other = counted.input(type, 4096);
            Tensor out = counted.input(type, 4096);
            moves(counted.one(() -> SwiGlu.forward(counted.kernels, gate, other, out)), 3 * gate.byteSize());
            Tensor dGate = counted.input(type, 4096);
            Tensor dUp = counted.input(type, 4096);
            moves(counted.one(() -> SwiGlu.backward(counted.kernels, gate, other, out, dGate, dUp)), 7 * gate.byteSize());
        }
    }

    /** Rows of 512 floats and their weight stay in L1 from the first reading to the second; the counters count both. */
    @Test
    void rmsNorm() {
        int rows = 8;
        int dim = 512;
        for (DType type : new DType[] {DType.F32, DType.BF16}) {
            Tensor x = counted.input(type, rows, dim);
            Tensor weight = counted.input(dim);
            Tensor inverse = counted.input(rows);
            Tensor dOut = counted.input(type, rows, dim);
            Tensor dX = counted.input(type, rows, dim);
            long weights = (long) rows * weight.byteSize();
            LaunchReport forward = counted.one(() -> RmsNorm.forward(counted.kernels, 1e-5f, x, weight, dX, inverse));
            moves(forward, 3 * x.byteSize() + weights + rows * 32L);
            assertThat(forward.traffic().sectorsPerRequest()).as("four elements a lane").isGreaterThan(6);
            LaunchReport backward = counted.one(() -> RmsNorm.backward(counted.kernels, x, weight, inverse, dOut, dX, null));
            assertThat(32 * backward.traffic().globalSectors()).as("bytes").isBetween(6 * x.byteSize() + 2 * weights, 6 * x.byteSize() + 2 * weights + rows * 8 * 32L);
        }
    }

    /** As moves; and every request is of whole vectors. */
    private static void movesInVectors(LaunchReport report, long bytes, DType type) {
        moves(report, bytes);
        assertThat(report.traffic().sectorsPerRequest()).as("sectors a request of " + report.kernel()).isEqualTo(type == DType.BF16 ? 8 : 16);
    }

    @Test
    void elementwise() {
        for (DType type : new DType[] {DType.F32, DType.BF16}) {
            Tensor x = counted.input(type, 4096);
            Tensor y = counted.input(type, 4096);
            Tensor out = counted.input(type, 4096);
            Tensor sum = counted.input(type, 4096);
            long bytes = x.byteSize();
            movesInVectors(counted.one(() -> Elementwise.unary(counted.kernels, UnaryOp.SILU, x, out)), 2 * bytes, type);
            movesInVectors(counted.one(() -> Elementwise.unaryBackward(counted.kernels, UnaryOp.SILU, x, out, y, sum)), 5 * bytes, type);
            movesInVectors(counted.one(() -> Elementwise.binary(counted.kernels, BinaryOp.ADD, x, y, out)), 3 * bytes, type);
            movesInVectors(counted.one(() -> Elementwise.scale(counted.kernels, x, 3, out)), 2 * bytes, type);
            movesInVectors(counted.one(() -> Elementwise.addScaled(counted.kernels, x, 3, sum)), 3 * bytes, type);
            movesInVectors(counted.one(() -> Elementwise.dropout(counted.kernels, 0.1f, 1, 2, x, false, out)), 2 * bytes, type);
            movesInVectors(counted.one(() -> Elementwise.dropout(counted.kernels, 0.1f, 1, 2, x, true, out)), 3 * bytes, type);
            movesInVectors(counted.one(() -> Copy.fill(counted.kernels, out, 1)), bytes, type);
        }
    }

    @Test
    void conversions() {
        Tensor wide = counted.input(4096);
        Tensor narrow = counted.input(DType.BF16, 4096);
        for (LaunchReport report : new LaunchReport[] {counted.one(() -> Copy.copy(counted.kernels, wide, narrow)),
            counted.one(() -> Copy.copy(counted.kernels, narrow, wide))}) {
            moves(report, wide.byteSize() + narrow.byteSize());
            assertThat(report.traffic().sectorsPerRequest()).as("16 and 8 bytes a lane").isEqualTo(12);
        }
    }
}
