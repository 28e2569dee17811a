package org.xprompt4j.cuda.emulator;

import org.xprompt4j.cuda.emulator.RegisterFile.Kind;
import org.xprompt4j.cuda.emulator.RegisterFile.Slot;

/** {@code ld}: one to four elements a lane into registers, smaller ones extended by their type. */
final class LoadInstruction extends MemoryInstruction {
    private final Slot[] out;
    private final int elementBytes;
    private final boolean signed;

    LoadInstruction(Space space, Slot[] out, int elementBytes, boolean signed) {
        this.space = space;
        this.out = out;
        this.elementBytes = elementBytes;
        this.signed = signed;
        this.bytes = elementBytes * out.length;
    }

    @Override
    void execute(Warp warp, int mask) {
        Span common = locate(warp, mask);
        if (warp.block.launch.races != null && space != Space.PARAMETER) {
            for (int left = mask; left != 0; left &= left - 1) {
                int lane = Integer.numberOfTrailingZeros(left);
                Span span = common != null ? common : warp.spans[lane];
                if (span.written != null) {
                    requireWritten(warp, lane, span, warp.offsets[lane], bytes);
                }
            }
        }
        for (int k = 0; k < out.length; k++) {
            if (elementBytes == 4 && out[k].kind() == Kind.INT && common != null) {
                words(warp, mask, common.data, 4 * k, out[k].row());
            } else if (elementBytes == 2 && out[k].bits() == 16 && common != null) {
                halves(warp, mask, common.data, 2 * k, out[k].row());
            } else if (elementBytes == 8 && out[k].kind() == Kind.LONG && common != null) {
                doubles(warp, mask, common.data, 8 * k, out[k].row());
            } else {
                element(warp, mask, common, k);
            }
        }
    }

    /** The common case, kept small. */
    private static void words(Warp warp, int mask, byte[] data, int at, int row) {
        int[] ints = warp.ints;
        int[] offsets = warp.offsets;
        if (mask == -1) {
            for (int i = 0; i < 32; i++) {
                ints[row + i] = (int) Span.INTS.get(data, offsets[i] + at);
            }
        } else {
            for (int left = mask; left != 0; left &= left - 1) {
                int i = Integer.numberOfTrailingZeros(left);
                ints[row + i] = (int) Span.INTS.get(data, offsets[i] + at);
            }
        }
    }

    private static void halves(Warp warp, int mask, byte[] data, int at, int row) {
        for (int left = mask; left != 0; left &= left - 1) {
            int i = Integer.numberOfTrailingZeros(left);
            warp.ints[row + i] = (short) Span.SHORTS.get(data, warp.offsets[i] + at) & 0xffff;
        }
    }

    private static void doubles(Warp warp, int mask, byte[] data, int at, int row) {
        for (int left = mask; left != 0; left &= left - 1) {
            int i = Integer.numberOfTrailingZeros(left);
            warp.longs[row + i] = (long) Span.LONGS.get(data, warp.offsets[i] + at);
        }
    }

    private void element(Warp warp, int mask, Span common, int k) {
        int row = out[k].row();
        boolean wide = out[k].kind() == Kind.LONG;
        int cut = out[k].bits() == 16 ? 0xffff : -1;
        for (int left = mask; left != 0; left &= left - 1) {
            int lane = Integer.numberOfTrailingZeros(left);
            byte[] data = (common != null ? common : warp.spans[lane]).data;
            long value = read(data, warp.offsets[lane] + k * elementBytes, elementBytes, signed);
            if (wide) {
                warp.longs[row + lane] = value;
            } else {
                warp.ints[row + lane] = (int) value & cut;
            }
        }
    }

    static long read(byte[] data, int at, int bytes, boolean signed) {
        return switch (bytes) {
            case 1 -> signed ? data[at] : data[at] & 255;
            case 2 -> signed ? (short) Span.SHORTS.get(data, at) : (short) Span.SHORTS.get(data, at) & 0xffff;
            case 4 -> signed ? (int) Span.INTS.get(data, at) : (int) Span.INTS.get(data, at) & 0xffffffffL;
            default -> (long) Span.LONGS.get(data, at);
        };
    }
}
