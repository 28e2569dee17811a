package org.xprompt4j.cuda.emulator;

/** {@code bar} and {@code barrier}: sync, arrive and red. The aligned forms first gather the whole warp. */
final class BarrierGate extends Gate {
    /** What {@code bar.red} makes of the predicates. */
    enum Reduction { NONE, AND, OR, POPC }

    boolean aligned;
    boolean waits;
    int idRow;
    /** Row of the thread count; -1 for all threads of the block. */
    int countRow = -1;
    Reduction reduction = Reduction.NONE;
    int predicate = -1;
    boolean predicateNegated;
    /** Row of the reduction's result: a predicate, or an int for popc. */
    int out;

    @Override
    boolean pass(Warp warp) {
        int at = warp.pc;
        if (aligned) {
            warp.parkRunning(Warp.GATHERING);
            if (warp.lanesAt(at, Warp.GATHERING) == warp.live) {
                arrive(warp, at, warp.live);
            }
        } else {
            int lanes = warp.mask;
            warp.parkRunning(Warp.GATHERING);
            arrive(warp, at, lanes);
        }
        return false;
    }

    /** The lanes, gathered at this gate, arrive at the barrier. */
    void arrive(Warp warp, int at, int lanes) {
        int lane = Integer.numberOfTrailingZeros(lanes);
        int id = warp.ints[idRow + lane];
        int count = countRow < 0 ? 0 : warp.ints[countRow + lane];
        if (id < 0 || id > 15 || count < 0 || count % 32 != 0) {
            throw warp.fault(PtxFault.Kind.BAD_LAUNCH, source, lane, 0, null, "barrier " + id + " for " + count
                    + " threads: barriers are 0 to 15 and counts multiples of 32");
        }
        if (waits) {
            warp.move(at, Warp.GATHERING, lanes, at, Warp.ARRIVED);
        } else {
            warp.move(at, Warp.GATHERING, lanes, next, Warp.RUNNABLE);
        }
        warp.block.barriers[id].arrive(warp, lanes, this, count, waits);
    }

    void result(Warp warp, int lanes, int trues, int counted) {
        switch (reduction) {
            case AND -> mask(warp, lanes, trues == counted);
            case OR -> mask(warp, lanes, trues > 0);
            case POPC -> {
                for (int left = lanes; left != 0; left &= left - 1) {
                    warp.ints[out + Integer.numberOfTrailingZeros(left)] = trues;
                }
            }
            case NONE -> {
            }
        }
    }

    private void mask(Warp warp, int lanes, boolean value) {
        warp.masks[out] = warp.masks[out] & ~lanes | (value ? lanes : 0);
    }

    @Override
    String waitsFor(Warp warp, int mask) {
        int id = warp.ints[idRow + Integer.numberOfTrailingZeros(mask)];
        return "for barrier " + id + ", where " + warp.block.barriers[id & 15].state();
    }
}
