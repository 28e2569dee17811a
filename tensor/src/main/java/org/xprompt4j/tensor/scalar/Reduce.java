package org.xprompt4j.tensor.scalar;

import java.util.Arrays;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.ReduceOp;

/** Sum, mean or maximum over the axes where out has size 1 and x has not; and the sum of squares. */
final class Reduce {
    private Reduce() {
    }

    /** x may be strided; out has x's rank and broadcasts to its shape. */
    static void forward(ReduceOp op, Tensor xTensor, Tensor outTensor) {
        FloatView x = FloatView.of(xTensor);
        FloatView out = FloatView.of(outTensor);
        double[] results = new double[Math.toIntExact(outTensor.numel())];
        Arrays.fill(results, op == ReduceOp.MAX ? Double.NEGATIVE_INFINITY : 0);
        for (Odometer o = new Odometer(xTensor.shape(), xTensor, outTensor); o.hasNext(); o.next()) {
            int to = (int) o.at(1);
            results[to] = op == ReduceOp.MAX ? Math.max(results[to], x.get(o.at(0))) : results[to] + x.get(o.at(0));
        }
        double factor = op == ReduceOp.MEAN ? (double) results.length / xTensor.numel() : 1;
        for (int i = 0; i < results.length; i++) {
            out.set(i, results[i] * factor);
        }
    }

    static double sumOfSquares(Tensor tensor) {
        FloatView x = FloatView.of(tensor);
        double sum = 0;
        for (long i = 0; i < tensor.numel(); i++) {
            sum += (double) x.get(i) * x.get(i);
        }
        return sum;
    }
}
