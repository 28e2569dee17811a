package org.xprompt4j.cuda.emulator;

import java.util.ArrayDeque;
import java.util.Deque;

/** One launch: its sizes, parameters, limits, and the blocks in flight. Blocks run one after another; one that waits long lets later ones start. */
final class Launch {
    /** Blocks in flight at most; a grid that waits for more than these to meet does not end. */
    static final int MOST_RESIDENT = 128;
    /** Shared memory that the system keeps for groups of threads, behind that of kernels that ask where it is. */
    static final int RESERVED_BYTES = 1024;

    final KernelCode code;
    final GlobalMemory memory;
    final Span parameters;
    final WarpOrder order;
    final RaceDetector races;
    /** Memory traffic is counted. */
    final boolean profiled;
    final Footprint footprint = new Footprint();
    private final CheckLevel level;
    private final Grid grid;
    private final Grid blockSize;
    private final int sharedBytes;
    private final int reservedShared;
    private final long limit;
    /** Warp instructions still allowed. */
    long left;

    Launch(KernelCode code, GlobalMemory memory, Span parameters, Grid grid, Grid blockSize, int dynamicShared, CheckLevel level, WarpOrder order,
           long limit, long firstSerial, boolean profiled) {
        this.code = code;
        this.memory = memory;
        this.parameters = parameters;
        this.grid = grid;
        this.blockSize = blockSize;
        this.sharedBytes = code.sharedBytes(dynamicShared);
        this.reservedShared = (code.sharedBytes(dynamicShared) + RESERVED_BYTES - 1) / RESERVED_BYTES * RESERVED_BYTES;
        this.level = level;
        this.order = order;
        this.limit = limit;
        this.profiled = profiled;
        this.left = limit;
        this.races = level == CheckLevel.CHECK ? new RaceDetector(firstSerial) : null;
    }

    /** Runs the whole grid. */
    void run(long firstSerial) {
        Deque<BlockRun> resident = new ArrayDeque<>();
        Deque<BlockRun> idle = new ArrayDeque<>();
        long blocks = grid.count();
        long next = 0;
        while (next < blocks || !resident.isEmpty()) {
            boolean start = next < blocks && resident.size() < MOST_RESIDENT;
            BlockRun block;
            if (start) {
                block = idle.isEmpty() ? new BlockRun(this) : idle.pop();
                block.start(grid.index(next), firstSerial + next);
                next++;
            } else {
                block = resident.pollFirst();
            }
            boolean ended = block.run();
            if (ended) {
                idle.push(block);
                // Those that waited may be free to go on now.
                continueResident(resident, idle);
            } else {
                resident.addLast(block);
            }
        }
    }

    private static void continueResident(Deque<BlockRun> resident, Deque<BlockRun> idle) {
        for (int i = resident.size(); i > 0; i--) {
            BlockRun block = resident.pollFirst();
            if (block.run()) {
                idle.push(block);
            } else {
                resident.addLast(block);
            }
        }
    }

    boolean track() {
        return level == CheckLevel.CHECK;
    }

    Grid grid() {
        return grid;
    }

    Grid blockSize() {
        return blockSize;
    }

    /** Where the reserved shared memory begins. */
    int reservedShared() {
        return reservedShared;
    }

    /** Shared memory of a block with the reserved part, where there is one. */
    int allSharedBytes() {
        return code.usesReservedShared() ? reservedShared + RESERVED_BYTES : sharedBytes;
    }

    int sharedBytes() {
        return sharedBytes;
    }

    long limit() {
        return limit;
    }

    /** Warp instructions executed so far. */
    long executed() {
        return limit - left;
    }
}
