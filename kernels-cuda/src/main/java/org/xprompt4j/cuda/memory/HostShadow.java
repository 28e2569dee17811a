package org.xprompt4j.cuda.memory;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/** The bytes of a small device block that the host itself wrote last, and which these are. */
final class HostShadow {
    private final byte[] bytes;
    private final BitSet known;

    HostShadow(int size) {
        bytes = new byte[size];
        known = new BitSet(size);
    }

    void write(long from, MemorySegment source) {
        int at = (int) from;
        int count = (int) source.byteSize();
        MemorySegment.copy(source, 0, MemorySegment.ofArray(bytes), at, count);
        known.set(at, at + count);
    }

    void forget(long from, long count) {
        known.clear((int) from, (int) (from + count));
    }

    MemorySegment known(long from, long count) {
        return known.nextClearBit((int) from) >= from + count ? MemorySegment.ofArray(bytes).asSlice(from, count) : null;
    }
}
