package org.xprompt4j.tensor.cpu;

import java.util.Arrays;

/**
 * Heap arrays of one thread that operations use again and again, so that a call in steady state allocates nothing. Arrays only
 * grow; their content is whatever the last user left. Slots are numbered by each operation for itself: operations do not nest.
 * What a caller prepares for its tasks lies in other slots than what the tasks use, because the caller runs tasks too.
 */
final class Scratch {
    private static final ThreadLocal<Scratch> LOCAL = ThreadLocal.withInitial(Scratch::new);
    private static final int SLOTS = 17;
    /** The slot of {@link VectorMath}, whose functions are called inside operations. */
    static final int MATH = SLOTS - 1;

    private final float[][] floats = new float[SLOTS][];
    private double[] doubles = new double[0];
    private int[] ints = new int[0];
    private long[] longs = new long[0];
    private short[] shorts = new short[0];

    private Scratch() {
        Arrays.fill(floats, new float[0]);
    }

    /** The arrays of this thread. */
    static Scratch get() {
        return LOCAL.get();
    }

    /** Bytes of float arrays that this thread holds. */
    long bytes() {
        return Arrays.stream(floats).mapToLong(array -> 4L * array.length).sum();
    }

    /** At least {@code length} floats. */
    float[] floats(int slot, int length) {
        float[] array = floats[slot];
        if (array.length < length) {
            array = new float[grown(length)];
            floats[slot] = array;
        }
        return array;
    }

    /** At least {@code length} doubles. */
    double[] doubles(int length) {
        if (doubles.length < length) {
            doubles = new double[grown(length)];
        }
        return doubles;
    }

    /** At least {@code length} ints. */
    int[] ints(int length) {
        if (ints.length < length) {
            ints = new int[grown(length)];
        }
        return ints;
    }

    /** At least {@code length} longs. */
    long[] longs(int length) {
        if (longs.length < length) {
            longs = new long[grown(length)];
        }
        return longs;
    }

    /** At least {@code length} shorts. */
    short[] shorts(int length) {
        if (shorts.length < length) {
            shorts = new short[grown(length)];
        }
        return shorts;
    }

    // A quarter more than asked, so that slowly growing sequences do not allocate at every step.
    private static int grown(int length) {
        return (int) Math.min(Integer.MAX_VALUE - 64, length + (length >> 2) + 64L);
    }
}
