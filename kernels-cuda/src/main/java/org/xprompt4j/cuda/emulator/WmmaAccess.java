package org.xprompt4j.cuda.emulator;

import org.xprompt4j.cuda.emulator.RegisterFile.Kind;
import org.xprompt4j.cuda.emulator.RegisterFile.Slot;

/** {@code wmma.load} and {@code wmma.store}: a matrix between memory and the registers of a warp, one element of each lane after another. */
final class WmmaAccess extends MemoryInstruction {
    private final WmmaFragment fragment;
    /** The matrix lies row by row. */
    private final boolean byRow;
    private final Slot start;
    private final long startOffset;
    /** Elements from one row, or column, to the next. */
    private final Slot stride;

    /**
     * @param start register with the address of the matrix; null for a constant one
     * @param address scratch row of this instruction, of 64 bits
     */
    WmmaAccess(Space space, WmmaFragment fragment, boolean byRow, Slot start, long startOffset, Slot stride, Slot address, boolean writes) {
        this.space = space;
        this.fragment = fragment;
        this.byRow = byRow;
        this.start = start;
        this.startOffset = startOffset;
        this.stride = stride;
        this.bytes = fragment.type().bytes;
        this.writes = writes;
        address(address, 0);
    }

    @Override
    void execute(Warp warp, int mask) {
        WmmaFragment.requireWhole(warp, mask, source);
        for (int element = 0; element < fragment.elementsOfLane(); element++) {
            for (int lane = 0; lane < 32; lane++) {
                int at = fragment.index(lane, element);
                long row = at / fragment.columns();
                long column = at % fragment.columns();
                long step = warp.ints[stride.row() + lane];
                long from = start == null ? 0 : start.kind() == Kind.LONG ? warp.longs[start.row() + lane] : warp.ints[start.row() + lane] & 0xffffffffL;
                warp.longs[base.row() + lane] = from + startOffset + bytes * (byRow ? row * step + column : column * step + row);
            }
            Span common = locate(warp, mask);
            for (int lane = 0; lane < 32; lane++) {
                Span span = common != null ? common : warp.spans[lane];
                int at = warp.offsets[lane];
                if (writes) {
                    StoreInstruction.write(span.data, at, bytes, fragment.bits(warp, lane, element));
                    if (span.written != null) {
                        span.markWritten(at, bytes);
                    }
                } else {
                    if (span.written != null) {
                        requireWritten(warp, lane, span, at, bytes);
                    }
                    fragment.set(warp, lane, element, LoadInstruction.read(span.data, at, bytes, false));
                }
            }
        }
    }
}
