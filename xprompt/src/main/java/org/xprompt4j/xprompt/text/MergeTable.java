package org.xprompt4j.xprompt.text;

import java.util.Arrays;

/** The merges of a byte-pair encoding: a pair of neighbouring ids becomes one id; lower ranks go first. A hash table in two arrays. */
final class MergeTable {
    static final long NONE = Long.MAX_VALUE;

    private static final long EMPTY = -1;

    private final long[] pairs; // [slots], left << 32 | right
    private final long[] results; // [slots], rank << 32 | id
    private final int mask;

    /** A table for this many merges. */
    MergeTable(int merges) {
        int slots = Integer.highestOneBit(Math.max(4, merges)) * 4;
        pairs = new long[slots];
        results = new long[slots];
        mask = slots - 1;
        Arrays.fill(pairs, EMPTY);
    }

    /** False when the pair has a merge already. */
    boolean add(int left, int right, int rank, int id) {
        long pair = pair(left, right);
        int slot = slot(pair);
        while (pairs[slot] != EMPTY) {
            if (pairs[slot] == pair) {
                return false;
            }
            slot = slot + 1 & mask;
        }
        pairs[slot] = pair;
        results[slot] = (long) rank << 32 | id;
        return true;
    }

    /** What a pair becomes, rank << 32 | id; {@link #NONE} when it stays two. */
    long find(int left, int right) {
        long pair = pair(left, right);
        for (int slot = slot(pair); pairs[slot] != EMPTY; slot = slot + 1 & mask) {
            if (pairs[slot] == pair) {
                return results[slot];
            }
        }
        return NONE;
    }

    static long pair(int left, int right) {
        return (long) left << 32 | right;
    }

    private int slot(long pair) {
        long mixed = pair * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 40) & mask;
    }
}
