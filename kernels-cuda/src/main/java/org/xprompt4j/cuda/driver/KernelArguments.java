package org.xprompt4j.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The arguments of one launch in off-heap memory, packed as PTX lays parameters out (each at a multiple of its size), with the
 * table of their addresses beside them: what {@code cuLaunchKernel} reads. Built once and used for every launch, because a fresh
 * set of pointer objects costs JCuda 6 us a launch and this 0.3.
 */
public final class KernelArguments {
    private static final int MOST_BYTES = 4096; // of PTX parameters
    private static final int MOST_ARGUMENTS = 64;

    private final MemorySegment block; // the packed values
    private final MemorySegment table; // [arguments] addresses of the values
    private int bytes;
    private int count;

    /** A set of arguments that lives as long as the arena. */
    public KernelArguments(Arena arena) {
        block = arena.allocate(MOST_BYTES, 16);
        table = arena.allocate((long) MOST_ARGUMENTS * Long.BYTES, Long.BYTES);
    }

    /** Forgets all arguments. */
    public KernelArguments clear() {
        bytes = 0;
        count = 0;
        return this;
    }

    /** A device address; 0 for a null pointer. */
    public KernelArguments pointer(long address) {
        return i64(address);
    }

    public KernelArguments i64(long value) {
        block.set(ValueLayout.JAVA_LONG, next(Long.BYTES), value);
        return this;
    }

    public KernelArguments i32(int value) {
        block.set(ValueLayout.JAVA_INT, next(Integer.BYTES), value);
        return this;
    }

    public KernelArguments f32(float value) {
        block.set(ValueLayout.JAVA_FLOAT, next(Float.BYTES), value);
        return this;
    }

    /** A structure of 64-bit numbers, passed by value. */
    public KernelArguments structure(long[] values) {
        MemorySegment.copy(values, 0, block, ValueLayout.JAVA_LONG, next(Long.BYTES, values.length * Long.BYTES), values.length);
        return this;
    }

    private long next(int size) {
        return next(size, size);
    }

    private long next(int alignment, int size) {
        int at = (bytes + alignment - 1) / alignment * alignment;
        if (at + size > MOST_BYTES || count == MOST_ARGUMENTS) {
            throw new IllegalStateException("more than " + MOST_ARGUMENTS + " kernel arguments or " + MOST_BYTES + " bytes of them");
        }
        table.setAtIndex(ValueLayout.JAVA_LONG, count++, block.address() + at);
        bytes = at + size;
        return at;
    }

    public int count() {
        return count;
    }

    /** The packed values so far. */
    public MemorySegment packed() {
        return block.asSlice(0, bytes);
    }

    /** Addresses of the values, one 8-byte pointer each; the memory stays where it is from launch to launch. */
    public MemorySegment table() {
        return table;
    }
}
