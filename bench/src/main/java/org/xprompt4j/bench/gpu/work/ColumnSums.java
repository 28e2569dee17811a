package org.xprompt4j.bench.gpu.work;

import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.Tensor;

/** Gradients of norm weights are sums over all rows: some columns of them in float64. */
final class ColumnSums {
    private ColumnSums() {
    }

    /**
     * Compares with the sum over rows of dOut · normalised · scale.
     *
     * @param dOut [columns, rows]
     * @param normalised [columns, rows]; null for the sum of dOut alone
     * @param scale [rows]; null for 1
     * @param measured [all columns], the device's
     */
    static void check(String what, int[] columns, Tensor dOut, Tensor normalised, Tensor scale, Tensor measured, Place place) {
        float[] d = dOut.toFloatArray();
        float[] x = normalised == null ? null : normalised.toFloatArray();
        float[] s = scale == null ? null : scale.toFloatArray();
        int rows = dOut.size(1);
        float[] expected = new float[columns.length];
        for (int c = 0; c < columns.length; c++) {
            double sum = 0;
            for (int r = 0; r < rows; r++) {
                sum += (double) d[c * rows + r] * (x == null ? 1 : x[c * rows + r]) * (s == null ? 1 : s[r]);
            }
            expected[c] = (float) sum;
        }
        WrongResult.requireClose(what, expected, place.rows(measured, columns).toFloatArray(), Precision.F32.bound());
    }
}
