package org.xprompt4j.cuda.emulator;

import java.util.HashSet;
import java.util.Set;

/**
 * Finds accesses to the same bytes, one of them a write, that nothing orders. Within a block, barriers order warps (each warp keeps what it has
 * seen of the others' clocks) and {@code bar.warp.sync} orders the lanes of a warp; lanes of one instruction never race. Besides, a
 * releasing atomic, or a fence followed by an atomic, orders what came before it with what comes behind an atomic of another warp or block; nothing
 * else orders the blocks of a launch. Atomics do not race with each other.
 *
 * <p>A cell packs the block's serial (28 bits), the thread (10), its warp's clock (21), whether it was atomic (1) and the bytes (4); 0 is nobody.
 */
final class RaceDetector {
    private static final int CLOCK_SHIFT = 5;
    private static final int THREAD_SHIFT = 26;
    private static final int SERIAL_SHIFT = 36;
    private static final int CLOCK_MASK = (1 << 21) - 1;
    private static final int SERIAL_MASK = (1 << 28) - 1;

    private final long firstSerial;
    private final Set<Long> fenced = new HashSet<>();
    private final Set<Long> released = new HashSet<>();
    private final Set<Long> acquired = new HashSet<>();

    RaceDetector(long firstSerial) {
        this.firstSerial = firstSerial;
    }

    void fence(Warp warp) {
        fenced.add(warp.block.serial);
        warp.fenced = true;
    }

    /**
     * An atomic or strong access: hands over what was written before it, if it releases or a fence came before, and takes what others handed over,
     * to the warps of the block and, through global memory, to other blocks. By which place they met is not looked at.
     */
    void meet(Warp warp, boolean releases, boolean global) {
        BlockRun block = warp.block;
        if (global) {
            if (releases || fenced.contains(block.serial)) {
                released.add(block.serial);
            }
            acquired.add(block.serial);
        }
        block.take(warp.index);
        if (releases || warp.fenced) {
            block.handOver(warp.index);
            warp.fenced = false;
        }
    }

    private static long cell(Warp warp, int lane, boolean atomic, int bytes) {
        return (warp.block.serial & SERIAL_MASK) << SERIAL_SHIFT | (32L * warp.index + lane) << THREAD_SHIFT
                | (long) (warp.clock & CLOCK_MASK) << CLOCK_SHIFT | (atomic ? 16 : 0) | bytes;
    }

    private static int byteMask(int offset, int bytes) {
        return bytes >= 4 ? 15 : (1 << bytes) - 1 << (offset & 3);
    }

    /** Whether what a cell tells of comes before what a lane does now. */
    private boolean ordered(long cell, Warp warp, int lane, boolean atomic, Span span) {
        if (cell == 0 || atomic && (cell & 16) != 0) {
            return true;
        }
        long serial = cell >>> SERIAL_SHIFT;
        BlockRun block = warp.block;
        if (serial != (block.serial & SERIAL_MASK)) {
            return span == block.shared || serial < (firstSerial & SERIAL_MASK) || acquired.contains(block.serial) && released.contains(serial);
        }
        int thread = (int) (cell >>> THREAD_SHIFT) & 1023;
        int other = thread >> 5;
        int clock = (int) (cell >>> CLOCK_SHIFT) & CLOCK_MASK;
        if (other == warp.index) {
            return (thread & 31) == lane || clock != (warp.clock & CLOCK_MASK);
        }
        return (block.seen[warp.index][other] & CLOCK_MASK) >= clock;
    }

    /** Lanes read. */
    void read(Warp warp, int mask, Span common, int bytes, boolean atomic, Instruction instruction, boolean global) {
        for (int left = mask; left != 0; left &= left - 1) {
            int lane = Integer.numberOfTrailingZeros(left);
            Span span = common != null ? common : warp.spans[lane];
            Shadow shadow = span.shadow;
            if (span.readOnly || span == warp.local || global && (shadow == null || shadow.lastWriter < firstSerial)) {
                continue;
            }
            if (shadow == null) {
                shadow = span.shadow = new Shadow(span.size);
            }
            int offset = warp.offsets[lane];
            for (int granule = offset >> 2; granule <= offset + bytes - 1 >> 2; granule++) {
                int touched = byteMask(offset, bytes);
                int at = granule % Shadow.PAGE_GRANULES;
                long writer = shadow.writers(granule)[at];
                if ((writer & touched) != 0 && !ordered(writer, warp, lane, atomic, span)) {
                    throw race(warp, lane, span, offset, writer, instruction, "reads what ", " wrote");
                }
                long[] readers = shadow.readers(granule);
                long mine = cell(warp, lane, atomic, touched);
                if (ordered(readers[2 * at], warp, lane, false, span)) {
                    readers[2 * at] = mine;
                } else {
                    readers[2 * at + 1] = mine;
                }
            }
        }
    }

    /** Lanes write; first all are compared with what was before, then all are noted. */
    void write(Warp warp, int mask, Span common, int bytes, boolean atomic, Instruction instruction) {
        for (int left = mask; left != 0; left &= left - 1) {
            int lane = Integer.numberOfTrailingZeros(left);
            Span span = common != null ? common : warp.spans[lane];
            if (span == warp.local) {
                continue;
            }
            Shadow shadow = span.shadow;
            if (shadow == null) {
                shadow = span.shadow = new Shadow(span.size);
            }
            int offset = warp.offsets[lane];
            for (int granule = offset >> 2; granule <= offset + bytes - 1 >> 2; granule++) {
                int touched = byteMask(offset, bytes);
                int at = granule % Shadow.PAGE_GRANULES;
                long writer = shadow.writers(granule)[at];
                if ((writer & touched) != 0 && !ordered(writer, warp, lane, atomic, span)) {
                    throw race(warp, lane, span, offset, writer, instruction, "writes what ", " wrote");
                }
                if (shadow.hasReaders(granule)) {
                    long[] readers = shadow.readers(granule);
                    for (int k = 2 * at; k < 2 * at + 2; k++) {
                        if ((readers[k] & touched) != 0 && !ordered(readers[k], warp, lane, atomic, span)) {
                            throw race(warp, lane, span, offset, readers[k], instruction, "writes what ", " read");
                        }
                    }
                }
            }
        }
        for (int left = mask; left != 0; left &= left - 1) {
            int lane = Integer.numberOfTrailingZeros(left);
            Span span = common != null ? common : warp.spans[lane];
            if (span == warp.local) {
                continue;
            }
            Shadow shadow = span.shadow;
            int offset = warp.offsets[lane];
            shadow.lastWriter = warp.block.serial;
            for (int granule = offset >> 2; granule <= offset + bytes - 1 >> 2; granule++) {
                shadow.writers(granule)[granule % Shadow.PAGE_GRANULES] = cell(warp, lane, atomic, byteMask(offset, bytes));
            }
        }
    }

    private PtxFault race(Warp warp, int lane, Span span, int offset, long cell, Instruction instruction, String verb, String did) {
        int thread = (int) (cell >>> THREAD_SHIFT) & 1023;
        long blocks = (cell >>> SERIAL_SHIFT) - (warp.block.serial & SERIAL_MASK);
        Grid grid = warp.block.launch.grid();
        Grid position = warp.block.position;
        long linear = position.x() + (long) grid.x() * (position.y() + (long) grid.y() * position.z()) + blocks;
        String who = "thread " + warp.block.launch.blockSize().index(thread) + (blocks == 0 ? "" : " of block " + grid.index(linear));
        return warp.fault(PtxFault.Kind.RACE, instruction.source, lane, span.base + offset, span.label, verb + who + did + " at byte " + offset + " of "
                + span.label + (blocks == 0 ? " with no barrier between" : " in the same launch"));
    }
}
