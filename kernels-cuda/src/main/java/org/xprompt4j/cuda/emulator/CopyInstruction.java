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
        int reading = mask;
        if (sourceBytes != null) {
            for (int left = mask; left != 0; left &= left - 1) {
                int lane = Integer.numberOfTrailingZeros(left);
                reading &= warp.ints[sourceBytes.row() + lane] == 0 ? ~(1 << lane) : -1;
            }
        }
        if (reading != 0) {
            Span common = locate(warp, reading);
            for (int left = reading; left != 0; left &= left - 1) {
                int lane = Integer.numberOfTrailingZeros(left);
                Span span = common != null ? common : warp.spans[lane];
                int count = sourceBytes == null ? bytes : Math.min(bytes, warp.ints[sourceBytes.row() + lane]);
                if (span.written != null) {
                    requireWritten(warp, lane, span, warp.offsets[lane], count);
                }
                System.arraycopy(span.data, warp.offsets[lane], copy.data, 16 * lane, count);
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
}
