package org.xprompt4j.cuda.emulator;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;

/** The {@code cp.async} copies of a warp that are still under way. Their bytes reach shared memory when their lane waits for them. */
final class AsyncCopies {
    /** One instruction's copies: 32 lanes of 16 bytes, and the group that each lane's belongs to. */
    static final class Pending {
        int mask;
        int bytes;
        Instruction instruction;
        final int[] offsets = new int[32];
        final int[] groups = new int[32];
        final byte[] data = new byte[512];
    }

    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private final Queue<Pending> unused = new ArrayDeque<>();
    private final int[] committed = new int[32];

    void clear() {
        unused.addAll(pending);
        pending.clear();
        java.util.Arrays.fill(committed, 0);
    }

    Pending begin(Instruction instruction, int mask, int bytes) {
        Pending copy = unused.isEmpty() ? new Pending() : unused.poll();
        copy.instruction = instruction;
        copy.mask = mask;
        copy.bytes = bytes;
        System.arraycopy(committed, 0, copy.groups, 0, 32);
        pending.add(copy);
        return copy;
    }

    void commit(int mask) {
        for (int left = mask; left != 0; left &= left - 1) {
            committed[Integer.numberOfTrailingZeros(left)]++;
        }
    }

    /** Completes, for these lanes, all groups but the {@code keep} youngest; {@code keep} below 0: everything, committed or not. */
    void await(Warp warp, int mask, int keep) {
        Span shared = warp.block.shared;
        for (Iterator<Pending> copies = pending.iterator(); copies.hasNext();) {
            Pending copy = copies.next();
            int ready = 0;
            for (int left = copy.mask & mask; left != 0; left &= left - 1) {
                int lane = Integer.numberOfTrailingZeros(left);
                if (keep < 0 || copy.groups[lane] < committed[lane] - keep) {
                    ready |= 1 << lane;
                    System.arraycopy(copy.data, 16 * lane, shared.data, copy.offsets[lane], copy.bytes);
                    if (shared.written != null) {
                        shared.markWritten(copy.offsets[lane], copy.bytes);
                    }
                    warp.offsets[lane] = copy.offsets[lane];
                }
            }
            RaceDetector races = warp.block.launch.races;
            if (races != null && ready != 0) {
                races.write(warp, ready, shared, copy.bytes, false, copy.instruction);
            }
            copy.mask &= ~ready;
            if (copy.mask == 0) {
                copies.remove();
                unused.add(copy);
            }
        }
    }
}
