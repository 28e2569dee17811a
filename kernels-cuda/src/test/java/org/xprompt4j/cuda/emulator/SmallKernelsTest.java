package org.xprompt4j.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xprompt4j.tensor.Philox;

/** Small real kernels give right answers, checked fully, unchecked, and with the warps in another order. */
class SmallKernelsTest {
    static Stream<String> machines() {
        return Stream.of("check", "fast", "check seed 1", "check seed 2");
    }

    private static Kernels kernels(String how) {
        PtxMachine machine = new PtxMachine(how.startsWith("check") ? CheckLevel.CHECK : CheckLevel.FAST);
        machine.maxInstructions(20_000_000);
        if (how.contains("seed")) {
            machine.scheduleSeed(Long.parseLong(how.substring(how.lastIndexOf(' ') + 1)));
        }
        return new Kernels(machine, "small_kernels.ptx");
    }

    private static float[] normals(int count, long stream) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = Philox.normal(7, stream, i);
        }
        return values;
    }

    private static void assertClose(float[] actual, double[] expected, double absolute, double relative) {
        double worst = 0;
        int at = 0;
        for (int i = 0; i < expected.length; i++) {
            double share = Math.abs(actual[i] - expected[i]) / (absolute + relative * Math.abs(expected[i]));
            if (!(share <= worst)) {
                worst = share;
                at = i;
            }
        }
        assertThat(worst).as("element %d is %s, should be %s: share of the tolerance used", at, actual[at], expected[at]).isLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("machines")
    void reductionByShuffles(String how) {
        Kernels kernels = kernels(how);
        float[] x = normals(3001, 1);
        long partial = kernels.empty(4 * 5, "partial");
        kernels.run("reduce_sum", Grid.of(5), Grid.of(192), 0, kernels.floats("x", x), partial, x.length);
        double sum = 0;
        for (float value : x) {
            sum += value;
        }
        double got = 0;
        for (float value : kernels.floats(partial, 5)) {
            got += value;
        }
        assertThat(got).isCloseTo(sum, org.assertj.core.data.Offset.offset(1e-3));
    }

    @ParameterizedTest
    @MethodSource("machines")
    void scanByShuffles(String how) {
        Kernels kernels = kernels(how);
        int[] x = new int[500];
        int[] expected = new int[500];
        for (int i = 0; i < 500; i++) {
            x[i] = Philox.word(3, 3, i, 0) % 1000;
            expected[i] = x[i] + (i == 0 ? 0 : expected[i - 1]);
        }
        long y = kernels.empty(4 * 500, "y");
        kernels.run("scan_block", Grid.of(1), Grid.of(512), 0, kernels.ints("x", x), y, 500);
        assertThat(kernels.ints(y, 500)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("machines")
    void theLastBlockAddsWhatTheOthersLeft(String how) {
        Kernels kernels = kernels(how);
        float[] x = normals(5000, 2);
        long total = kernels.empty(4, "total");
        kernels.run("reduce_last_block", Grid.of(6), Grid.of(256), 0, kernels.floats("x", x), kernels.empty(24, "partial"), total, x.length);
        double sum = 0;
        for (float value : x) {
            sum += value;
        }
        assertThat((double) kernels.floats(total, 1)[0]).isCloseTo(sum, org.assertj.core.data.Offset.offset(1e-3));
    }

    @ParameterizedTest
    @MethodSource("machines")
    void divergedLanesMakeProgress(String how) {
        Kernels kernels = kernels(how);
        long count = kernels.ints("count", 0);
        kernels.run("spin_lock", Grid.of(2), Grid.of(96), 0, kernels.ints("lock", 0), count);
        assertThat(kernels.ints(count, 1)).containsExactly(192);
        long out = kernels.empty(4 * 32, "out");
        kernels.run("wait_within_warp", Grid.of(1), Grid.of(32), 0, kernels.ints("flag", 0, 0), out);
        assertThat(kernels.ints(out, 32)).startsWith(42, 42, 42).endsWith(30, 31);
    }

    @ParameterizedTest
    @MethodSource("machines")
    void anEarlierBlockWaitsForLaterOnes(String how) {
        Kernels kernels = kernels(how);
        long out = kernels.empty(4, "out");
        kernels.run("wait_between_blocks", Grid.of(9), Grid.of(32), 0, kernels.ints("flag", 0), out);
        assertThat(kernels.ints(out, 1)).containsExactly(7);
    }

    @ParameterizedTest
    @MethodSource("machines")
    void producersAndConsumersMeetAtNamedBarriers(String how) {
        Kernels kernels = kernels(how);
        int rounds = 5;
        int[] x = new int[64 * rounds];
        int[] expected = new int[x.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = i * i;
        }
        for (int i = 0; i < x.length; i++) {
            expected[i] = 3 * x[i / 64 * 64 + 63 - i % 64];
        }
        long y = kernels.empty(4L * x.length, "y");
        kernels.run("named_barriers", Grid.of(1), Grid.of(128), 0, kernels.ints("x", x), y, rounds);
        assertThat(kernels.ints(y, x.length)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("machines")
    void matmulByTensorCores(String how) {
        Kernels kernels = kernels(how);
        int m = 100;
        int n = 70;
        int k = 96;
        short[] a = new short[m * k];
        short[] b = new short[n * k];
        double[] expected = new double[m * n];
        for (int i = 0; i < a.length; i++) {
            a[i] = (short) (Float.floatToRawIntBits(Philox.normal(1, 1, i)) >>> 16);
        }
        for (int i = 0; i < b.length; i++) {
            b[i] = (short) (Float.floatToRawIntBits(Philox.normal(1, 2, i)) >>> 16);
        }
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                for (int l = 0; l < k; l++) {
                    expected[i * n + j] += (double) Float.intBitsToFloat(a[i * k + l] << 16) * Float.intBitsToFloat(b[j * k + l] << 16);
                }
            }
        }
        long c = kernels.empty(4L * m * n, "c");
        kernels.run("matmul_mma", Grid.of((n + 63) / 64, (m + 63) / 64), Grid.of(128), 0, kernels.shorts("a", a), kernels.shorts("b", b), c, m, n, k);
        assertClose(kernels.floats(c, m * n), expected, 1e-4, 1e-5);
    }

    @ParameterizedTest
    @MethodSource("machines")
    void libraryFunctions(String how) {
        Kernels kernels = kernels(how);
        int n = 300;
        float[] x = normals(n, 5);
        double[] xd = new double[n];
        for (int i = 0; i < n; i++) {
            xd[i] = x[i] * 3;
        }
        long y = kernels.empty(32L * n, "y");
        long yd = kernels.empty(16L * n, "yd");
        kernels.run("functions", Grid.of(3), Grid.of(128), 0, kernels.floats("x", x), y, kernels.doubles("xd", xd), yd, n);
        double[] expected = new double[8 * n];
        double[] doubles = kernels.doubles(yd, 2 * n);
        for (int i = 0; i < n; i++) {
            float v = x[i];
            expected[8 * i] = Math.exp(v);
            expected[8 * i + 1] = Math.log(Math.abs(v));
            expected[8 * i + 2] = Math.sin(v * 1000.0f);
            expected[8 * i + 3] = Math.tanh(v);
            double polynomial = 0;
            for (int d = i % 6; d >= 0; d--) {
                polynomial = polynomial * v + (1 << (i + d & 7));
            }
            expected[8 * i + 4] = polynomial;
            expected[8 * i + 5] = Math.pow(Math.abs(v), 1.5);
            expected[8 * i + 6] = erf(v);
            expected[8 * i + 7] = switch (i % 7) {
                case 0 -> v + 1;
                case 1 -> v * v;
                case 2 -> Math.sqrt(Math.abs(v));
                case 3 -> 1 / v;
                case 4 -> Math.floor(v * 10);
                case 5 -> v * 100 % 7.0f;
                default -> -v;
            };
            assertThat(doubles[2 * i]).isCloseTo(Math.exp(xd[i]), org.assertj.core.data.Percentage.withPercentage(1e-12));
            double sine = Math.sin(xd[i] * 1e6) / Math.cbrt(xd[i]);
            assertThat(doubles[2 * i + 1]).isCloseTo(sine, org.assertj.core.data.Offset.offset(1e-12 * Math.abs(sine) + 1e-15));
        }
        assertClose(kernels.floats(y, 8 * n), expected, 3e-6, 2e-6);
    }

    /** By its series; enough for arguments up to 5. */
    private static double erf(double x) {
        double sum = 0;
        double term = x;
        for (int i = 0; i < 200; i++) {
            sum += term / (2 * i + 1);
            term *= -x * x / (i + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }
}
