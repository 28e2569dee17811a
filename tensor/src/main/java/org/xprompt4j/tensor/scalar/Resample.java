package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Tensor;

/**
 * Doubling and halving of channels-last pictures. Nearest: {@code fine[y,x] = coarse[y/2,x/2]}. Mean:
 * {@code coarse[y,x] = ¼ Σ fine[2y..2y+1, 2x..2x+1]}. Each one's backward is the other's forward up to the factor ¼.
 */
final class Resample {
    private Resample() {
    }

    /** x [batch, h, w, c], out [batch, 2h, 2w, c]. */
    static void upsampleNearest(Tensor x, Tensor out) {
        FloatView coarse = FloatView.of(x);
        FloatView fine = FloatView.of(out);
        forEachPair(out, (coarseAt, fineAt) -> fine.set(fineAt, coarse.get(coarseAt)));
    }

    /** dOut [batch, 2h, 2w, c]; dX [batch, h, w, c] is added to. */
    static void upsampleNearestBackward(Tensor dOut, Tensor dX) {
        gather(dOut, 1, dX);
    }

    /** x [batch, 2h, 2w, c], out [batch, h, w, c]. */
    static void averagePool(Tensor x, Tensor out) {
        FloatView coarse = FloatView.of(out);
        for (long i = 0; i < out.numel(); i++) {
            coarse.set(i, 0);
        }
        gather(x, 0.25, out);
    }

    /** dOut [batch, h, w, c]; dX [batch, 2h, 2w, c] is added to. */
    static void averagePoolBackward(Tensor dOut, Tensor dX) {
        FloatView coarse = FloatView.of(dOut);
        FloatView fine = FloatView.of(dX);
        forEachPair(dX, (coarseAt, fineAt) -> fine.add(fineAt, 0.25 * coarse.get(coarseAt)));
    }

    private static void gather(Tensor fineTensor, double factor, Tensor coarseTensor) {
        FloatView fine = FloatView.of(fineTensor);
        double[] sums = new double[Math.toIntExact(coarseTensor.numel())];
        forEachPair(fineTensor, (coarseAt, fineAt) -> sums[coarseAt] += factor * fine.get(fineAt));
        FloatView.of(coarseTensor).addAll(sums);
    }

    private interface Pair {
        void visit(int coarseAt, int fineAt);
    }

    private static void forEachPair(Tensor fine, Pair pair) {
        int height = fine.size(1);
        int width = fine.size(2);
        int channels = fine.size(3);
        for (int b = 0; b < fine.size(0); b++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    for (int c = 0; c < channels; c++) {
                        pair.visit(((b * (height / 2) + y / 2) * (width / 2) + x / 2) * channels + c, ((b * height + y) * width + x) * channels + c);
                    }
                }
            }
        }
    }
}
