package org.xprompt4j.cuda.emulator;

import org.xprompt4j.cuda.emulator.RegisterFile.Slot;

/**
 * {@code cp.async}: global bytes on their way to shared memory. They are read now and arrive when the thread waits; until then the place counts as
 * not written, and touching it is a race.
 */
final class CopyInstruction extends MemoryInstruction {
    private final MemoryInstruction destination;
    /** Bytes read, the rest being zero; null for all. */
    private final Slot sourceBytes;

    CopyInstruction(int bytes, Slot sourceBytes) {
        this.space = Space.GLOBAL;
        this.bytes = bytes;
        this.sourceBytes = sourceBytes;
        this.destination = new Destination(bytes);
    }

    /** The shared side: checked as a write. */
    private static final class Destination extends MemoryInstruction {
        Destination(int bytes) {
            this.space = Space.SHARED;
            this.bytes = bytes;
            this.writes = true;
        }

        @Override
        void execute(Warp warp, int mask) {
            throw new IllegalStateException("part of cp.async");
        }
    }

    void destination(Slot base, long offset) {
        destination.address(base, offset);
    }

    MemoryInstruction destination() {
        return destination;
    }

    @Override
    void execute(Warp warp, int mask) {
        destination.source = source;
        AsyncCopies.Pending copy = warp.copies.begin(this, mask, bytes);
        java.util.Arrays.fill(copy.data, (byte) 0);
        int whole = mask;
        if (sourceBytes != null) {
            for (int left = mask; left != 0; left &= left - 1) {
                int lane = Integer.numberOfTrailingZeros(left);
                int count = warp.ints[sourceBytes.row() + lane];
                if (Integer.compareUnsigned(count, bytes) < 0) {
                    whole &= ~(1 << lane);
                    part(warp, lane, count, copy.data);
                }
            }
        }
        if (whole != 0) {
            Span common = locate(warp, whole);
            for (int left = whole; left != 0; left &= left - 1) {
                int lane = Integer.numberOfTrailingZeros(left);
                Span span = common != null ? common : warp.spans[lane];
                if (span.written != null) {
                    requireWritten(warp, lane, span, warp.offsets[lane], bytes);
                }
                System.arraycopy(span.data, warp.offsets[lane], copy.data, 16 * lane, bytes);
            }
        }
        Span shared = destination.locate(warp, mask);
        for (int left = mask; left != 0; left &= left - 1) {
            int lane = Integer.numberOfTrailingZeros(left);
            copy.offsets[lane] = warp.offsets[lane];
            if (shared.written != null) {
                shared.markPending(warp.offsets[lane], bytes);
            }
        }
    }

    /** A lane that reads fewer bytes than it writes: only these need to be there. */
    private void part(Warp warp, int lane, int count, byte[] data) {
        if (count == 0) {
            return;
        }
        long address = (base == null ? 0 : warp.longs[base.row() + lane]) + offset;
        warp.addresses[lane] = address;
        Span span = warp.block.launch.memory.find(address, count);
        if (span == null || address % bytes != 0) {
            throw fault(warp, lane, span == null ? PtxFault.Kind.OUT_OF_BOUNDS : PtxFault.Kind.MISALIGNED, null, "global read of " + count + " bytes at "
                    + warp.block.launch.memory.describe(address, count));
        }
        int at = (int) (address - span.base);
        if (span.written != null) {
            requireWritten(warp, lane, span, at, count);
        }
        System.arraycopy(span.data, at, data, 16 * lane, count);
    }
}
