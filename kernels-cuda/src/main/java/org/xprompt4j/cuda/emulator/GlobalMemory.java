package org.xprompt4j.cuda.emulator;

import java.util.Map;
import java.util.TreeMap;

/**
 * The device's memory. Addresses are never used twice and allocations lie apart, so that an access past the end or after a free always finds
 * nobody else's bytes; what was freed is remembered.
 */
final class GlobalMemory {
    /** Where shared memory appears among generic addresses. */
    static final long SHARED_WINDOW = 0x7ffd_0000_0000L;
    /** Where local memory appears among generic addresses. */
    static final long LOCAL_WINDOW = 0x7ffe_0000_0000L;
    /** Where the parameters of a kernel lie. */
    static final long PARAMETER_WINDOW = 0x7ffc_0000_0000L;
    static final long WINDOW_BYTES = 1L << 32;

    static final long MOST_BYTES = Integer.MAX_VALUE - 64;
    private static final long FIRST = 0x10_0000_0000L;
    private static final long ALIGNMENT = 512;
    private static final long RED_ZONE = 4096;
    private static final int WORKSPACE_BYTES = 64;

    private final TreeMap<Long, Span> spans = new TreeMap<>();
    private final boolean track;
    private Span workspace; // made when a kernel asks for it
    private long next = FIRST;
    private long used;
    private long peak;

    GlobalMemory(boolean track) {
        this.track = track;
    }

    Span allocate(long bytes, String label) {
        if (bytes <= 0 || bytes > MOST_BYTES) {
            throw new IllegalArgumentException("cannot allocate " + bytes + " bytes for '" + label + "': from 1 to " + MOST_BYTES + " bytes are possible");
        }
        Span span = new Span(next, bytes, label, track);
        spans.put(next, span);
        next = (next + bytes + RED_ZONE + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        used += bytes;
        peak = Math.max(peak, used);
        return span;
    }

    /** Where the blocks of a cooperative launch count each other; zero when it begins. */
    long gridWorkspace() {
        if (workspace == null) {
            workspace = allocate(WORKSPACE_BYTES, "the workspace of the grid");
            workspace.markRange(0, WORKSPACE_BYTES);
        }
        return workspace.base;
    }

    void free(long address) {
        Span span = spans.get(address);
        if (span == null || span.freed) {
            throw PtxFault.ofHost(PtxFault.Kind.INVALID_FREE, address, span == null ? null : span.label, "0x" + Long.toHexString(address)
                    + (span == null ? " is not the start of an allocation" : ", allocation '" + span.label + "', was freed before"));
        }
        span.freed = true;
        span.data = null;
        span.written = null;
        span.shadow = null;
        used -= span.size;
    }

    /** The allocation that holds the whole range and is alive, or null. */
    Span find(long address, long bytes) {
        Span span = nearest(address);
        return span != null && !span.freed && span.holds(address, bytes) ? span : null;
    }

    /** The allocation with the highest start not above the address, freed ones included, or null. */
    Span nearest(long address) {
        Map.Entry<Long, Span> entry = spans.floorEntry(address);
        return entry == null ? null : entry.getValue();
    }

    /** For a range of the host's copies. */
    Span require(long address, long bytes, String what) {
        Span span = find(address, Math.max(bytes, 1));
        if (span == null) {
            throw PtxFault.ofHost(PtxFault.Kind.BAD_COPY, address, null, what + " of " + bytes + " bytes at " + describe(address, bytes));
        }
        return span;
    }

    /** The address in words: which allocation it lies in, before or behind. */
    String describe(long address, long bytes) {
        String text = "0x" + Long.toHexString(address);
        if (address >= 0 && address < 4096) {
            return text + ", a null pointer" + (address == 0 ? "" : " plus " + address);
        }
        Span span = nearest(address);
        if (span == null) {
            return text + ", which belongs to no allocation";
        }
        String name = "allocation '" + span.label + "' of " + span.size + " bytes";
        if (span.freed && address - span.base < span.size) {
            return text + ", byte " + (address - span.base) + " of " + name + ", which was freed";
        }
        long past = address - span.base - span.size;
        return text + (past < 0 ? ", byte " + (address - span.base) + " of " : ", " + past + " bytes past the end of ") + name;
    }

    long used() {
        return used;
    }

    long peak() {
        return peak;
    }
}
