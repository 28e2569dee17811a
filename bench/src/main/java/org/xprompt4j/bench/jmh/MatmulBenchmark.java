package org.xprompt4j.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/** Matrix products: squares, and the linear layers of a training step forward (NT), for the input (NN) and for the weights (TN). */
public class MatmulBenchmark extends OperationBenchmark {
    private static final long WHOLE_CHECK = 1L << 29; // multiply-adds that plain loops do in a second or two
    private static final int CHECKED_ROWS = 64;

    /** Rows, columns, inner size and order. */
    @Param({"512x512x512 NN", "1024x1024x1024 NN", "2048x2048x2048 NN", "1067x384x384 NT", "1067x1024x384 NT", "1067x384x1024 NT",
        "1067x1024x384 NN", "1067x384x1024 NN", "384x384x1067 TN", "1024x384x1067 TN", "384x1024x1067 TN"})
    public String shape;

    private MatmulSpec spec;
    private Tensor a; // [m, k], or [k, m] for TN
    private Tensor b; // [k, n], or [n, k] for NT
    private Output out; // [m, n]

    private int[] mnk() {
        return sizes(shape.split(" ")[0], 3);
    }

    @Override
    void prepare() {
        int[] mnk = mnk();
        spec = switch (shape.split(" ")[1]) {
            case "NN" -> MatmulSpec.NN;
            case "NT" -> MatmulSpec.NT;
            case "TN" -> MatmulSpec.TN;
            default -> throw new IllegalArgumentException("shape '" + shape + "' must end in NN, NT or TN");
        };
        a = spec.transposeA() ? random(mnk[2], mnk[0]) : random(mnk[0], mnk[2]);
        b = spec.transposeB() ? random(mnk[1], mnk[2]) : random(mnk[2], mnk[1]);
        out = output("product", mnk[0], mnk[1]);
    }

    @Override
    void check() {
        int[] mnk = mnk();
        if ((long) mnk[0] * mnk[1] * mnk[2] <= WHOLE_CHECK || spec.transposeA()) {
            compare(1e-5, this::product, out);
            return;
        }
        product(backend); // rows over the whole height: the oracle would need a minute for all
        try (MemoryScope rows = oracle().openScope("checked rows")) {
            Tensor expected = rows.allocate(a.dtype(), 1, mnk[1]);
            for (int i = 0; i < CHECKED_ROWS; i++) {
                int row = (int) ((long) i * (mnk[0] - 1) / (CHECKED_ROWS - 1));
                oracle().matmul(spec, a.slice(0, row, row + 1), b, Epilogue.NONE, expected);
                requireClose("MatmulBenchmark row " + row, expected.toFloatArray(), out.of(backend).slice(0, row, row + 1).toFloatArray(), 1e-5);
            }
        }
    }

    private void product(Backend device) {
        device.matmul(spec, a, b, Epilogue.NONE, out.of(device));
    }

    @Override
    public Work work(String method) {
        int[] mnk = mnk();
        double m = mnk[0];
        double n = mnk[1];
        double k = mnk[2];
        return Work.of(2 * m * n * k, m * k + k * n + m * n);
    }

    @Benchmark
    public void forward() {
        product(backend);
    }
}
