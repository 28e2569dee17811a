package org.xprompt4j.tensor.cpu;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/** GFLOP/s of {@link Matmul} by shape and order: {@code MatmulBench [repeats]}, one line each: best and median. */
final class MatmulBench {
    private MatmulBench() {
    }

    public static void main(String[] args) {
        int repeats = args.length > 0 ? Integer.parseInt(args[0]) : 9;
        int[][] shapes = args.length > 1 ? new int[][] {{1024, 1024, 1024}} : new int[][] {{512, 512, 512}, {1024, 1024, 1024}, {2048, 2048, 2048}, {4400, 192, 192}, {4400, 1024, 384}, {4400, 384, 1024}};
        System.out.println(WorkerPool.shared().threads() + " threads, " + Lanes.FLOATS);
        for (int[] s : shapes) {
            for (MatmulSpec spec : new MatmulSpec[] {MatmulSpec.NN, MatmulSpec.NT, MatmulSpec.TN}) {
                measure(spec, s[0], s[1], s[2], repeats);
            }
        }
        for (int[] s : new int[][] {{192, 192, 4400}, {1024, 384, 4400}, {384, 1024, 4400}}) {
            measure(MatmulSpec.TN, s[0], s[1], s[2], repeats);
        }
        for (int m : new int[] {1, 4, 16, 64}) {
            measure(MatmulSpec.NT, m, 1024, 384, repeats);
            measure(MatmulSpec.NT, m, 4096, 4096, repeats);
        }
    }

    private static void measure(MatmulSpec spec, int m, int n, int k, int repeats) {
        HostTensors data = new HostTensors(1);
        Tensor a = spec.transposeA() ? data.random(k, m) : data.random(m, k);
        Tensor b = spec.transposeB() ? data.random(n, k) : data.random(k, n);
        Tensor out = data.random(m, n);
        double flops = 2.0 * m * n * k;
        int inner = (int) Math.max(1, 4e8 / flops);
        double[] rates = new double[repeats];
        for (int r = -repeats / 2 - 1; r < repeats; r++) {
            long start = System.nanoTime();
            for (int i = 0; i < inner; i++) {
                Matmul.forward(spec, a, b, Epilogue.NONE, out);
            }
            if (r >= 0) {
                rates[r] = flops * inner / (System.nanoTime() - start);
            }
        }
        java.util.Arrays.sort(rates);
        System.out.printf("%s%s m=%d n=%d k=%d: best %.0f median %.0f GFLOP/s, %.1f GB/s of weights%n", spec.transposeA() ? "T" : "N",
                spec.transposeB() ? "T" : "N", m, n, k, rates[repeats - 1], rates[repeats / 2], rates[repeats - 1] / (2.0 * m) * 4);
    }
}
