package org.xprompt4j.cuda.emulator;

import org.xprompt4j.cuda.emulator.RegisterFile.Slot;

/**
 * {@code ldmatrix}: 8x8 matrices of 16-bit elements from shared memory. Lanes 8k to 8k+7 give the addresses of the rows of matrix k; lane i gets
 * elements 2(i mod 4) and the next of row i / 4, or, transposed, of that column.
 */
final class MatrixLoad extends MemoryInstruction {
    private final Slot[] out;
    private final boolean transposed;

    MatrixLoad(Space space, Slot[] out, boolean transposed) {
        this.space = space;
        this.out = out;
        this.transposed = transposed;
        this.bytes = 16;
    }

    @Override
    void execute(Warp warp, int mask) {
        int givers = out.length == 4 ? -1 : (1 << 8 * out.length) - 1;
        if ((mask & givers) != givers) {
            throw warp.fault(PtxFault.Kind.WARP_MEMBERS, source, Integer.numberOfTrailingZeros(mask), 0, null, "needs all lanes of the warp, has "
                    + Warp.lanes(mask));
        }
        Span common = locate(warp, givers);
        if (common == null || common != warp.block.shared) {
            throw fault(warp, 0, PtxFault.Kind.OUT_OF_BOUNDS, null, "reads shared memory only");
        }
        if (common.written != null) {
            for (int lane = 0; lane < 8 * out.length; lane++) {
                requireWritten(warp, lane, common, warp.offsets[lane], 16);
            }
        }
        byte[] data = common.data;
        for (int k = 0; k < out.length; k++) {
            int row = out[k].row();
            for (int lane = 0; lane < 32; lane++) {
                int value;
                if (transposed) {
                    int column = 2 * (lane >> 2);
                    int low = (short) Span.SHORTS.get(data, warp.offsets[8 * k + 2 * (lane & 3)] + column);
                    int high = (short) Span.SHORTS.get(data, warp.offsets[8 * k + 2 * (lane & 3) + 1] + column);
                    value = low & 0xffff | high << 16;
                } else {
                    value = (int) Span.INTS.get(data, warp.offsets[8 * k + (lane >> 2)] + 4 * (lane & 3));
                }
                warp.ints[row + lane] = value;
            }
        }
    }
}
