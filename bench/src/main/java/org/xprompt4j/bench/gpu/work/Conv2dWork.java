package org.xprompt4j.bench.gpu.work;

import java.util.Map;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Conv2dSpec;
import org.xprompt4j.tensor.op.Operation;

/** 3x3 convolutions with one pixel of padding at the widths of Chameleon's VQGAN, forward and backward. */
final class Conv2dWork {
    private static final Conv2dSpec SPEC = Conv2dSpec.padded(1);
    private static final int STRIP = 2; // rows of a picture that are compared at its bottom

    private Conv2dWork() {
    }

    static GpuWork of(Precision precision, int batch, int side, int in, int out, boolean backward) {
        double pixels = (double) batch * side * side;
        double weights = 9.0 * in * out;
        double numbers = pixels * (backward ? 3.0 * in + out : in + out); // of activations
        double others = 4 * (backward ? 3 : 1) * weights;
        return new GpuWork(backward ? "conv2d.backward" : "conv2d.forward", batch + "x" + side + "x" + side + " " + in + " to " + out, precision,
                (backward ? 4 : 2) * pixels * weights, 4 * numbers + others, place -> {
                    DType activations = place.activations(precision, backward ? Operation.CONV2D_BACKWARD : Operation.CONV2D);
                    double bytes = activations.bytes() * numbers + others;
                    int sets = place.sets(bytes);
                    Tensor[] x = Place.each(sets, () -> place.normal(activations, 1, batch, side, side, in));
                    Tensor weight = place.normal(DType.F32, 1 / Math.sqrt(9.0 * in), out, in, 3, 3);
                    Tensor bias = place.normal(out);
                    Tensor[] y = Place.each(sets, () -> place.normal(activations, 1, batch, side, side, out)); // the result, or its gradient
                    if (!backward) {
                        return new Ready(sets, set -> place.backend().conv2d(SPEC, x[set], weight, bias, null, y[set]), () -> {
                            place.poison(y[0]);
                            place.backend().conv2d(SPEC, x[0], weight, bias, null, y[0]);
                            int rows = Math.min(STRIP, side - 1);
                            Tensor expected = place.expectedZeros(activations, 1, rows, side, out);
                            // The strip's upper neighbours are there, so it has no padding above.
                            place.oracle().conv2d(new Conv2dSpec(1, 0, 1, 1, 1), bottom(place, x[0], rows + 1), place.onHost(weight), place.onHost(bias),
                                    null, expected);
                            WrongResult.requireClose("conv2d", expected, bottom(place, y[0], rows), precision.bound());
                        }, activations, bytes);
                    }
                    Tensor[] dX = Place.each(sets, () -> place.zeros(activations, batch, side, side, in));
                    Tensor dWeight = place.zeros(out, in, 3, 3);
                    Tensor dBias = place.zeros(out);
                    return new Ready(sets, set -> place.backend().conv2dBackward(SPEC, x[set], weight, y[set], dX[set], dWeight, dBias), () -> {
                        place.backend().conv2dBackward(SPEC, x[0], weight, y[0], dX[0], dWeight, dBias);
                        checkGradients(place, precision, x[0], weight, y[0], dX[0], dWeight, dBias);
                    }, activations, bytes);
                }).against("conv2d", Map.of("batch", batch, "side", side, "in", in, "out", out, "backward", backward, "bf16", precision == Precision.BF16));
    }

    /** The last rows of the last picture, [1, rows, side, channels], in the oracle's memory. */
    private static Tensor bottom(Place place, Tensor pictures, int rows) {
        int side = pictures.size(1);
        return place.onHost(pictures.slice(0, pictures.dim(0) - 1, pictures.dim(0)).slice(1, side - rows, side));
    }

    /** dX at the bottom by the oracle; dWeight for one pair of channels and dBias for one channel as sums over all pixels in float64. */
    private static void checkGradients(Place place, Precision precision, Tensor x, Tensor weight, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias) {
        int side = x.size(1);
        int rows = Math.min(STRIP, side - 2);
        Tensor strip = place.expectedZeros(x.dtype(), 1, rows + 2, side, x.dim(3)); // its upper two rows lack a neighbour and are not compared
        place.oracle().conv2dBackward(new Conv2dSpec(1, 0, 1, 1, 1), bottom(place, x, rows + 2), place.onHost(weight), bottom(place, dOut, rows + 1),
                strip, null, null);
        WrongResult.requireClose("conv2d's dX", strip.slice(1, 2, rows + 2), bottom(place, dX, rows), precision.bound());
        int in = x.size(3) - 1;
        int out = dOut.size(3) - 1;
        float[] xs = place.onHost(x.select(3, in)).toFloatArray(); // [batch, side, side]
        float[] ds = place.onHost(dOut.select(3, out)).toFloatArray();
        float[] expected = new float[9];
        double bias = 0;
        for (int tap = 0; tap < 9; tap++) {
            double sum = 0;
            for (int i = 0; i < ds.length; i++) {
                int row = i / side % side + tap / 3 - 1;
                int column = i % side + tap % 3 - 1;
                if (row >= 0 && row < side && column >= 0 && column < side) {
                    sum += (double) ds[i] * xs[i + (tap / 3 - 1) * side + tap % 3 - 1];
                }
            }
            expected[tap] = (float) sum;
        }
        for (float d : ds) {
            bias += d;
        }
        WrongResult.requireClose("conv2d's dWeight", expected, place.onHost(dWeight.select(0, out).select(0, in)).toFloatArray(), precision.bound());
        WrongResult.requireClose("conv2d's dBias", new float[] {(float) bias}, place.rows(dBias, out).toFloatArray(), 4 * Precision.F32.bound());
    }
}
