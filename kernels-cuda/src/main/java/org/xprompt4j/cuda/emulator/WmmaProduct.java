package org.xprompt4j.cuda.emulator;

/**
 * {@code wmma.mma}: D = A x B + C. Products of floats are exact; an accumulator adds them one after another, in float32 for f16, bf16 and tf32, in
 * float64 for f64, as 32-bit integers, wrapping or saturating, for int8.
 */
final class WmmaProduct extends Instruction {
    private final WmmaFragment d;
    private final WmmaFragment a;
    private final WmmaFragment b;
    private final WmmaFragment c;
    private final boolean saturate;
    private final double[] left; // [m, k]
    private final double[] right; // [k, n]
    private final double[] sums; // [m, n]

    WmmaProduct(WmmaFragment d, WmmaFragment a, WmmaFragment b, WmmaFragment c, boolean saturate) {
        this.d = d;
        this.a = a;
        this.b = b;
        this.c = c;
        this.saturate = saturate;
        this.left = new double[a.rows() * a.columns()];
        this.right = new double[b.rows() * b.columns()];
        this.sums = new double[d.rows() * d.columns()];
    }

    @Override
    void execute(Warp warp, int mask) {
        WmmaFragment.requireWhole(warp, mask, source);
        a.read(warp, left);
        b.read(warp, right);
        c.read(warp, sums);
        int k = a.columns();
        int n = b.columns();
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j < n; j++) {
                sums[i * n + j] = switch (d.type()) {
                    case F64 -> sumOfDoubles(i * k, j, n, k, sums[i * n + j]);
                    case S32 -> sumOfIntegers(i * k, j, n, k, (long) sums[i * n + j]);
                    default -> sumOfFloats(i * k, j, n, k, (float) sums[i * n + j]);
                };
            }
        }
        d.write(warp, sums);
    }

    private double sumOfDoubles(int at, int column, int n, int k, double start) {
        double sum = start;
        for (int l = 0; l < k; l++) {
            sum = Math.fma(left[at + l], right[l * n + column], sum);
        }
        return sum;
    }

    private float sumOfFloats(int at, int column, int n, int k, float start) {
        float sum = start;
        for (int l = 0; l < k; l++) {
            sum = Math.fma((float) left[at + l], (float) right[l * n + column], sum);
        }
        return sum;
    }

    private int sumOfIntegers(int at, int column, int n, int k, long start) {
        long sum = start;
        for (int l = 0; l < k; l++) {
            sum += (long) left[at + l] * (long) right[l * n + column];
        }
        return saturate ? (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, sum)) : (int) sum;
    }
}
