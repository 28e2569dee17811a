package org.xprompt4j.cuda.emulator;

import org.xprompt4j.cuda.emulator.RegisterFile.Kind;
import org.xprompt4j.cuda.emulator.RegisterFile.Slot;

/** {@code st}: one to four elements a lane from registers. Of lanes that write the same place the highest wins. */
final class StoreInstruction extends MemoryInstruction {
    private final Slot[] from;
    private final int elementBytes;

    StoreInstruction(Space space, Slot[] from, int elementBytes) {
        this.space = space;
        this.from = from;
        this.elementBytes = elementBytes;
        this.bytes = elementBytes * from.length;
        this.writes = true;
    }

    @Override
    void execute(Warp warp, int mask) {
        Span common = locate(warp, mask);
        for (int k = 0; k < from.length; k++) {
            if (elementBytes == 4 && from[k].kind() == Kind.INT && common != null) {
                words(warp, mask, common.data, 4 * k, from[k].row());
            } else {
                element(warp, mask, common, k);
            }
        }
        if (warp.block.launch.races != null) {
            for (int left = mask; left != 0; left &= left - 1) {
                int lane = Integer.numberOfTrailingZeros(left);
                Span span = common != null ? common : warp.spans[lane];
                if (span.written != null) {
                    span.markWritten(warp.offsets[lane], bytes);
                }
            }
        }
    }

    private static void words(Warp warp, int mask, byte[] data, int at, int row) {
        int[] ints = warp.ints;
        int[] offsets = warp.offsets;
        for (int left = mask; left != 0; left &= left - 1) {
            int i = Integer.numberOfTrailingZeros(left);
            Span.INTS.set(data, offsets[i] + at, ints[row + i]);
        }
    }

    private void element(Warp warp, int mask, Span common, int k) {
        int row = from[k].row();
        boolean wide = from[k].kind() == Kind.LONG;
        for (int left = mask; left != 0; left &= left - 1) {
            int lane = Integer.numberOfTrailingZeros(left);
            Span span = common != null ? common : warp.spans[lane];
            if (span.readOnly) {
                throw fault(warp, lane, PtxFault.Kind.READ_ONLY, span.label, "writes to " + span.label);
            }
            write(span.data, warp.offsets[lane] + k * elementBytes, elementBytes, wide ? warp.longs[row + lane] : warp.ints[row + lane]);
        }
    }

    static void write(byte[] data, int at, int bytes, long value) {
        switch (bytes) {
            case 1 -> data[at] = (byte) value;
            case 2 -> Span.SHORTS.set(data, at, (short) value);
            case 4 -> Span.INTS.set(data, at, (int) value);
            default -> Span.LONGS.set(data, at, value);
        }
    }
}
