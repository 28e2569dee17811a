package org.xprompt4j.xprompt.text;

import java.util.Arrays;

/**
 * Joins the symbols of one piece of text: again and again the pair of neighbours with the lowest rank, the leftmost of equals
 * (Sennrich et al., 2016). Short pieces look at all pairs each time; long ones keep the pairs in a heap, so that a megabyte of
 * one letter takes n log n steps.
 */
final class BytePairs {
    private static final int SHORT = 48; // symbols

    private final MergeTable merges;
    private int[] symbols = new int[64]; // ids
    private int[] next = new int[64]; // [symbol], index of its right neighbour, -1 at the end
    private int[] before = new int[64];
    private long[] heap = new long[64]; // rank << 32 | index of the left symbol
    private int heapSize;

    BytePairs(MergeTable merges) {
        this.merges = merges;
    }

    /** Room for this many symbols; fill it and call {@link #join}. */
    int[] symbols(int count) {
        if (count > symbols.length) {
            symbols = new int[Math.max(count, 2 * symbols.length)];
        }
        return symbols;
    }

    /** Joins the first {@code count} symbols in place; returns how many are left. */
    int join(int count) {
        return count <= SHORT ? joinShort(count) : joinLong(count);
    }

    private int joinShort(int count) {
        while (count > 1) {
            long best = MergeTable.NONE;
            int at = -1;
            for (int i = 0; i + 1 < count; i++) {
                long found = merges.find(symbols[i], symbols[i + 1]);
                if (found < best) {
                    best = found;
                    at = i;
                }
            }
            if (at < 0) {
                return count;
            }
            symbols[at] = (int) best;
            count--;
            System.arraycopy(symbols, at + 2, symbols, at + 1, count - at - 1);
        }
        return count;
    }

    private int joinLong(int count) {
        if (next.length < count) {
            next = new int[symbols.length];
            before = new int[symbols.length];
        }
        heapSize = 0;
        for (int i = 0; i < count; i++) {
            next[i] = i + 1 < count ? i + 1 : -1;
            before[i] = i - 1;
        }
        for (int i = 0; i + 1 < count; i++) {
            propose(i);
        }
        while (heapSize > 0) {
            long top = pop();
            int left = (int) top;
            int right = symbols[left] < 0 ? -1 : next[left];
            if (right < 0) {
                continue; // one of the two was joined meanwhile
            }
            long found = merges.find(symbols[left], symbols[right]);
            if (found == MergeTable.NONE || found >>> 32 != top >>> 32) {
                continue; // another pair stands here now, with an entry of its own
            }
            symbols[left] = (int) found;
            symbols[right] = -1;
            next[left] = next[right];
            if (next[left] >= 0) {
                before[next[left]] = left;
                propose(left);
            }
            if (before[left] >= 0) {
                propose(before[left]);
            }
        }
        int left = 0;
        for (int i = 0; i >= 0; i = next[i]) {
            symbols[left++] = symbols[i];
        }
        return left;
    }

    private void propose(int left) {
        long found = merges.find(symbols[left], symbols[next[left]]);
        if (found != MergeTable.NONE) {
            push(found & 0xffffffff00000000L | left);
        }
    }

    private void push(long entry) {
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, 2 * heapSize);
        }
        int at = heapSize++;
        while (at > 0 && heap[(at - 1) / 2] > entry) {
            heap[at] = heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        heap[at] = entry;
    }

    private long pop() {
        long top = heap[0];
        long last = heap[--heapSize];
        int at = 0;
        for (int child = 1; child < heapSize; child = 2 * at + 1) {
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= last) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = last;
        return top;
    }
}
