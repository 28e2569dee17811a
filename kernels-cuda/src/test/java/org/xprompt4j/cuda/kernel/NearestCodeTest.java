package org.xprompt4j.cuda.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xprompt4j.cuda.driver.EmulatedDriver;
import org.xprompt4j.cuda.emulator.CheckLevel;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;

/** The index that float64 gives, the first one on ties: entries one rounding apart, equal entries, any scale, numbers that are none. */
class NearestCodeTest {
    private static Kernels kernels;

    @BeforeAll
    static void open() {
        kernels = new Kernels(new EmulatedDriver(CheckLevel.CHECK), Precision.F32);
    }

    @AfterAll
    static void close() {
        kernels.close();
    }

    private static float[] normal(Philox random, int count, double scale) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * scale);
        }
        return values;
    }

    private static int[] expected(float[] z, float[] codebook, int rows, int codes, int dim) {
        int[] nearest = new int[rows];
        for (int r = 0; r < rows; r++) {
            double least = Double.POSITIVE_INFINITY;
            for (int code = 0; code < codes; code++) {
                double square = 0;
                double product = 0;
                for (int c = 0; c < dim; c++) {
                    double e = codebook[code * dim + c];
                    square += e * e;
                    product += z[r * dim + c] * e;
                }
                if (square - 2 * product < least) {
                    least = square - 2 * product;
                    nearest[r] = code;
                }
            }
        }
        return nearest;
    }

    private static void check(String what, float[] z, float[] codebook, int rows, int codes, int dim) {
        try (MemoryScope scope = new MemoryScope("test", kernels.pool())) {
            Tensor out = scope.allocate(DType.I32, rows);
            NearestCode.forward(kernels, scope.of(z, rows, dim), scope.of(codebook, codes, dim), out);
            assertThat(out.toIntArray()).as(what).containsExactly(expected(z, codebook, rows, codes, dim));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 1", "3, 5, 7, 1e-30", "33, 67, 9, 1e12", "65, 130, 32, 1", "257, 520, 33, 0.01", "7, 300, 256, 1"})
    void randomEntries(int rows, int codes, int dim, double scale) {
        Philox random = new Philox(20_261_126, rows * 1000L + codes);
        check("random", normal(random, rows * dim, scale), normal(random, codes * dim, scale), rows, codes, dim);
    }

    /** Every entry differs from the first in one element by one rounding: float products cannot tell them apart. */
    @ParameterizedTest
    @CsvSource({"40, 100, 17", "257, 520, 8"})
    void entriesOneRoundingApart(int rows, int codes, int dim) {
        Philox random = new Philox(20_261_126, rows);
        float[] first = normal(random, dim, 1);
        float[] codebook = new float[codes * dim];
        for (int code = 0; code < codes; code++) {
            System.arraycopy(first, 0, codebook, code * dim, dim);
            int at = code * dim + code % dim;
            codebook[at] = code % 3 == 0 ? Math.nextUp(codebook[at]) : Math.nextDown(codebook[at]);
        }
        check("one rounding apart", normal(random, rows * dim, 1), codebook, rows, codes, dim);
    }

    /** Small whole numbers: many equal distances, of equal and of different entries. */
    @Test
    void ties() {
        Philox random = new Philox(20_261_126, 3);
        float[] z = new float[50 * 4];
        float[] codebook = new float[200 * 4];
        for (float[] values : new float[][] {z, codebook}) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (int) (random.nextFloat() * 3) - 1;
            }
        }
        check("ties", z, codebook, 50, 200, 4);
    }

    @Test
    void numbersThatAreNoneOrTooLarge() {
        float[] codebook = {1, 2, Float.NaN, 0, 3, 1, Float.POSITIVE_INFINITY, 1, 1, 2, 3e38f, 3e38f};
        check("in the codebook", new float[] {1, 2, 3, 1, -2e38f, 3e38f}, codebook, 3, 6, 2);
        check("in the rows", new float[] {Float.NaN, 1, Float.NEGATIVE_INFINITY, 2, 3.4e38f, 1, 1, 1}, new float[] {1, 2, 0, 0, -1, 3}, 4, 3, 2);
    }
}
