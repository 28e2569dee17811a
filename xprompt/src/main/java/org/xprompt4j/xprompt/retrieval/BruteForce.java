package org.xprompt4j.xprompt.retrieval;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/**
 * Nearest vectors by looking at all of them: every cosine by one product of matrices, as the paper does it. Exact, so it says what an
 * index misses; needs all vectors in memory.
 */
public final class BruteForce implements AutoCloseable {
    private final Backend backend;
    private final MemoryScope scope;
    private final Tensor vectors; // [count, dimension]

    /** @param vectors [count][dimension], each of length 1 */
    public BruteForce(Backend backend, float[][] vectors) {
        this.backend = backend;
        this.scope = backend.openScope("vectors of an exact search");
        this.vectors = upload(scope, vectors);
    }

    private static Tensor upload(MemoryScope scope, float[][] rows) {
        Tensor all = scope.allocate(DType.F32, rows.length, rows[0].length);
        for (int i = 0; i < rows.length; i++) {
            all.select(0, i).set(rows[i]);
        }
        return all;
    }

    /**
     * Cosines of queries and all vectors.
     *
     * @param queries [queries][dimension], each of length 1
     * @return [queries][count]
     */
    public float[][] cosines(float[][] queries) {
        int count = vectors.size(0);
        float[][] cosines = new float[queries.length][];
        try (MemoryScope search = backend.openScope("exact search")) {
            Tensor out = search.allocate(DType.F32, queries.length, count);
            backend.matmul(MatmulSpec.NT, upload(search, queries), vectors, Epilogue.NONE, out);
            for (int i = 0; i < queries.length; i++) {
                cosines[i] = out.select(0, i).toFloatArray();
            }
        }
        return cosines;
    }

    /**
     * The nearest vectors of each query, the nearest first, equal ones in their order.
     *
     * @param queries [queries][dimension], each of length 1
     * @return [queries][min(k, count)] places in the list of vectors
     */
    public int[][] nearest(float[][] queries, int k) {
        float[][] cosines = cosines(queries);
        int[][] nearest = new int[queries.length][];
        for (int i = 0; i < queries.length; i++) {
            nearest[i] = largest(cosines[i], k);
        }
        return nearest;
    }

    private static int[] largest(float[] values, int k) {
        Comparator<Integer> better = Comparator.<Integer>comparingDouble(i -> -values[i]).thenComparingInt(i -> i);
        PriorityQueue<Integer> best = new PriorityQueue<>(better.reversed()); // the worst of the best first
        for (int i = 0; i < values.length; i++) {
            best.add(i);
            if (best.size() > k) {
                best.poll();
            }
        }
        return best.stream().sorted(better).mapToInt(Integer::intValue).toArray();
    }

    @Override
    public void close() {
        scope.close();
    }
}
