package org.xprompt4j.xprompt.text;

import java.util.Arrays;

/** Consecutive stretches of a text, start and end of each; the list grows as needed and is used again for the next text. */
final class Pieces {
    private int[] bounds = new int[256]; // start, end, start, end ...
    private int count;

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    int start(int i) {
        return bounds[2 * i];
    }

    int end(int i) {
        return bounds[2 * i + 1];
    }

    /** Appends a piece; an empty one is left out. */
    void add(int start, int end) {
        if (end > start) {
            if (2 * count == bounds.length) {
                bounds = Arrays.copyOf(bounds, 2 * bounds.length);
            }
            bounds[2 * count] = start;
            bounds[2 * count++ + 1] = end;
        }
    }

    /** Makes the last piece longer. */
    void extend(int end) {
        bounds[2 * count - 1] = end;
    }
}
