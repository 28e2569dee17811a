package org.xprompt4j.tensor.cpu;

import org.xprompt4j.tensor.Tensor;

/**
 * The sizes of one call of attention, and where a head lies in memory. The heap holds the keys and values of some (batch row,
 * key head) pairs at a time, a bounded number of floats unless one pair alone is larger.
 */
record AttentionSizes(int batch, int queries, int keys, int heads, int kvHeads, int dim) {
    private static final int HEAP_FLOATS = 8 << 20; // 32 MB: keys and values of a group stay in a third cache
    private static final int BLOCK = 64; // tokens of a task that copies

    /** q [batch, queries, heads, headDim], k [batch, keys, kvHeads, headDim]. */
    static AttentionSizes of(Tensor q, Tensor k) {
        return new AttentionSizes(q.size(0), q.size(1), k.size(1), q.size(2), k.size(2), q.size(3));
    }

    /** Head dimension padded to whole panels. */
    int width() {
        return AttentionKernels.padded(dim);
    }

    /** Number of (batch row, key head) pairs; pair p is row p / kvHeads, head p % kvHeads. */
    int pairs() {
        return batch * kvHeads;
    }

    /** Floats of one pair's keys or values; products take four keys at a time and may read, never use, a few more. */
    int pairFloats() {
        return Math.multiplyExact(keys + AttentionKernels.ROWS, width());
    }

    /** Floats of the queries of a pair's heads. */
    int queryFloats() {
        return Math.multiplyExact(group() * queries, width());
    }

    /** Pairs that are on the heap at once, their keys as so many arrays and their queries as so many. */
    int pairsAtOnce(int keyArrays, int queryArrays) {
        return (int) Math.clamp(HEAP_FLOATS / ((long) keyArrays * pairFloats() + (long) queryArrays * queryFloats()), 1, pairs());
    }

    /** Query heads of a key head. */
    int group() {
        return heads / kvHeads;
    }

    /** Byte offset of a query; heads are counted through all batch rows. */
    long queryOffset(int head, int query) {
        return 4L * (((long) (head / heads) * queries + query) * heads + head % heads) * dim;
    }

    /** Byte offset of a pair's key or value. */
    long keyOffset(int pair, int key) {
        return 4L * (((long) (pair / kvHeads) * keys + key) * kvHeads + pair % kvHeads) * dim;
    }

    /** Byte offset of a query in logSumExp [batch, heads, queries]. */
    long keptOffset(int head, int query) {
        return 4L * ((long) head * queries + query);
    }

    /** Something to do with one row of headDim numbers. */
    interface Row {
        /** Head counted from the first of the group, and key or query. */
        void accept(int head, int position);
    }

    /** Every key of so many pairs, in parallel and in the order of memory: the heads of a token are neighbours. */
    void forEachKey(int firstPair, int pairs, Row row) {
        forEach(firstPair, pairs, kvHeads, keys, row);
    }

    /** Every query of the heads of so many pairs; the group's heads are counted through. */
    void forEachQuery(int firstPair, int pairs, Row row) {
        forEach(firstPair * group(), pairs * group(), heads, queries, row);
    }

    private static void forEach(int first, int count, int perToken, int length, Row row) {
        int blocks = (length + BLOCK - 1) / BLOCK;
        int firstBatch = first / perToken;
        int batches = (first + count - 1) / perToken - firstBatch + 1;
        WorkerPool.shared().parallelFor(Math.multiplyExact(batches, blocks), task -> {
            int low = Math.max(first, (firstBatch + task / blocks) * perToken) - first;
            int high = Math.min(first + count, (firstBatch + task / blocks + 1) * perToken) - first;
            int from = task % blocks * BLOCK;
            for (int position = from; position < Math.min(length, from + BLOCK); position++) {
                for (int head = low; head < high; head++) {
                    row.accept(head, position);
                }
            }
        });
    }
}
