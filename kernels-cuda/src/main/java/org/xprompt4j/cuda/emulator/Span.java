package org.xprompt4j.cuda.emulator;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A stretch of memory with an address: an allocation, a block's shared memory, a warp's local memory, the parameters of a launch. At
 * {@link CheckLevel#CHECK} it remembers which bytes were ever written.
 */
final class Span {
    static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    final long base;
    final long size;
    final String label;
    byte[] data;
    boolean freed;
    boolean readOnly;
    /** One bit a byte; null when not tracked. */
    long[] written;
    /** Who touched what in this launch; made by {@link RaceDetector}. */
    Shadow shadow;

    Span(long base, long size, String label, boolean track) {
        this.base = base;
        this.size = size;
        this.label = label;
        this.data = new byte[Math.toIntExact(size)];
        this.written = track ? new long[(int) (size + 63 >>> 6)] : null;
    }

    /** Whether an aligned access of up to 16 bytes reads only bytes that were written. */
    boolean isWritten(int offset, int bytes) {
        long mask = (1L << bytes) - 1;
        return (written[offset >> 6] >>> (offset & 63) & mask) == mask;
    }

    void markWritten(int offset, int bytes) {
        written[offset >> 6] |= (1L << bytes) - 1 << (offset & 63);
    }

    void markPending(int offset, int bytes) {
        written[offset >> 6] &= ~((1L << bytes) - 1 << (offset & 63));
    }

    /** Marks any range, of a copy or fill. */
    void markRange(long offset, long bytes) {
        if (written == null) {
            return;
        }
        long at = offset;
        long end = offset + bytes;
        while (at < end) {
            if ((at & 63) == 0 && end - at >= 64) {
                int words = (int) (end - at >>> 6);
                Arrays.fill(written, (int) (at >> 6), (int) (at >> 6) + words, -1L);
                at += (long) words << 6;
            } else {
                written[(int) (at >> 6)] |= 1L << (at & 63);
                at++;
            }
        }
    }

    /** As new: nothing written, nobody was here. */
    void clear() {
        shadow = null;
        if (written != null) {
            Arrays.fill(written, 0);
        }
    }

    boolean holds(long address, long bytes) {
        return address >= base && address - base <= size - bytes;
    }
}
