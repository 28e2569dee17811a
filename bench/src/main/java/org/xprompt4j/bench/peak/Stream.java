package org.xprompt4j.bench.peak;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Reading and copying memory that no cache holds: a part of its own for each worker. */
final class Stream implements AutoCloseable {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final long BYTES = 384L << 20; // of all workers; more than any last-level cache
    private static final long SLICE = 4L << 20; // between two looks at the clock
    private static final int UNROLLED = 4;

    private static volatile float kept;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment[] from;
    private final MemorySegment[] to;
    private final long[] next; // where each worker goes on, 16 apart so that they do not share a line

    Stream(int workers) {
        from = new MemorySegment[workers];
        to = new MemorySegment[workers];
        next = new long[16 * workers];
        long part = Math.max(1, BYTES / workers / SLICE) * SLICE;
        for (int i = 0; i < workers; i++) {
            from[i] = arena.allocate(part, 4096).fill((byte) 0);
            to[i] = arena.allocate(part, 4096).fill((byte) 0);
        }
    }

    /** Reads the next slice from its first byte to its last; returns the bytes read. */
    long read(int worker) {
        long at = advance(worker);
        int vector = SPECIES.vectorByteSize();
        return read(worker, at, vector, (long) UNROLLED * vector, SLICE / UNROLLED / vector);
    }

    /** Reads the four quarters of the next slice at once: more requests are under way; returns the bytes read. */
    long readQuarters(int worker) {
        int vector = SPECIES.vectorByteSize();
        return read(worker, advance(worker), SLICE / UNROLLED, vector, SLICE / UNROLLED / vector);
    }

    private long read(int worker, long at, long apart, long step, long steps) {
        float sum = sum(from[worker], at, apart, step, steps);
        if (Float.isNaN(sum)) {
            kept = sum;
        }
        return SLICE;
    }

    /** Copies the next slice; returns the bytes read plus those written. */
    long copy(int worker) {
        MemorySegment.copy(from[worker], next[16 * worker], to[worker], next[16 * worker], SLICE);
        advance(worker);
        return 2 * SLICE;
    }

    private long advance(int worker) {
        long at = next[16 * worker];
        next[16 * worker] = at + SLICE == from[worker].byteSize() ? 0 : at + SLICE;
        return at;
    }

    /** Four vectors a step, so many bytes apart. */
    private static float sum(MemorySegment memory, long offset, long apart, long step, long steps) {
        FloatVector a = FloatVector.zero(SPECIES);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (long at = offset, end = offset + steps * step; at < end; at += step) {
            a = a.add(FloatVector.fromMemorySegment(SPECIES, memory, at, ByteOrder.nativeOrder()));
            b = b.add(FloatVector.fromMemorySegment(SPECIES, memory, at + apart, ByteOrder.nativeOrder()));
            c = c.add(FloatVector.fromMemorySegment(SPECIES, memory, at + 2 * apart, ByteOrder.nativeOrder()));
            d = d.add(FloatVector.fromMemorySegment(SPECIES, memory, at + 3 * apart, ByteOrder.nativeOrder()));
        }
        return a.add(b).add(c.add(d)).lane(0);
    }

    @Override
    public void close() {
        arena.close();
    }
}
