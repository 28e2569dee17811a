package org.xprompt4j.bench.gpu.work;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;

/** A linear layer with weights in eight bits for a few rows: it reads the weights once, so the rate to look at is that of bytes. */
final class Int8MatmulWork {
    private Int8MatmulWork() {
    }

    static GpuWork of(int m, int n, int k) {
        double bytes = (double) n * k + 4.0 * m * (n + k) + 4.0 * n;
        return new GpuWork("int8-matmul.forward", m + "x" + n + "x" + k, Precision.F32, 2.0 * m * n * k, bytes, place -> {
            int sets = place.sets(bytes);
            Tensor a = place.normal(m, k);
            Tensor scales = place.normal(DType.F32, 0.01, n);
            Tensor[] weight = Place.each(sets, () -> place.normal(DType.I8, 40, n, k));
            Tensor out = place.empty(m, n);
            return new Ready(sets, set -> place.backend().int8Matmul(a, weight[set], scales, Epilogue.NONE, out), () -> {
                place.poison(out);
                place.backend().int8Matmul(a, weight[0], scales, Epilogue.NONE, out);
                int[] columns = Place.sample(n);
                Tensor expected = place.expected(m, columns.length);
                place.oracle().int8Matmul(place.onHost(a), place.rows(weight[0], columns), place.rows(scales, columns), Epilogue.NONE, expected);
                Tensor transposed = place.columns(out, columns); // [columns, m]
                WrongResult.requireClose("int8Matmul", expected.permute(1, 0), transposed, Precision.F32.bound());
            });
        });
    }
}
