package org.xprompt4j.cuda.emulator;

import org.xprompt4j.cuda.emulator.syntax.Operation;

/** A block being executed: its warps, shared memory and barriers. */
final class BlockRun {
    /** Basic blocks that a warp executes before the next one gets its turn. */
    private static final int TURN = 20_000;
    /** Basic blocks that a warp executes, in rounds over the warps, before other blocks of the grid get their turn. */
    private static final int FIRST_STRETCH = 1_000_000;
    /** The same for a block that has had its first stretch: it may be waiting for others. */
    private static final int LATER_STRETCH = 20_000;

    final Launch launch;
    final Warp[] warps;
    final Span shared;
    final Barrier[] barriers = new Barrier[16];
    /** What each warp knows of the others' progress: {@code seen[w][v]} is v's clock at the last barrier with w. */
    final int[][] seen;
    /** What each warp handed over by its last releasing access, in the same form; null where it never did. */
    private final int[][] handedOver;
    Grid position;
    /** Number of this block among all that the machine ever ran. */
    long serial;
    private boolean fresh;

    BlockRun(Launch launch) {
        this.launch = launch;
        int count = (int) (launch.blockSize().count() + 31 >>> 5);
        this.warps = new Warp[count];
        this.seen = new int[count][count];
        this.handedOver = new int[count][];
        this.shared = new Span(0, launch.allSharedBytes(), "shared memory", launch.track());
        for (int w = 0; w < count; w++) {
            warps[w] = new Warp(launch.code, this, w);
        }
        for (int i = 0; i < 16; i++) {
            barriers[i] = new Barrier(this, count);
        }
    }

    void start(Grid at, long number) {
        position = at;
        serial = number;
        fresh = true;
        shared.clear();
        if (launch.code.usesReservedShared()) {
            java.util.Arrays.fill(shared.data, launch.reservedShared(), launch.allSharedBytes(), (byte) 0);
            shared.markRange(launch.reservedShared(), Launch.RESERVED_BYTES);
        }
        int threads = (int) launch.blockSize().count();
        for (int w = 0; w < warps.length; w++) {
            warps[w].start(threads - 32 * w);
            java.util.Arrays.fill(seen[w], 0);
            handedOver[w] = null;
        }
        for (Barrier barrier : barriers) {
            barrier.reset();
        }
    }

    /** Runs; false if the block has not ended and others should have their turn. */
    boolean run() {
        int left = fresh && !launch.code.isCooperative() ? FIRST_STRETCH : LATER_STRETCH;
        fresh = false;
        while (left > 0) {
            int turn = launch.order.turn(TURN);
            left -= turn;
            boolean ran = false;
            boolean living = false;
            for (int k = 0; k < warps.length; k++) {
                Warp warp = warps[launch.order.warp(this, k)];
                if (warp.mask != 0 || warp.lanesIn(Warp.RUNNABLE) != 0) {
                    ran = true;
                    warp.run(turn);
                    if (warp.done()) {
                        for (Barrier barrier : barriers) {
                            barrier.checkComplete();
                        }
                    }
                }
                living |= !warp.done();
            }
            if (!living) {
                return true;
            }
            if (!ran) {
                throw deadlock();
            }
        }
        return false;
    }

    private PtxFault deadlock() {
        StringBuilder waits = new StringBuilder();
        Operation first = null;
        Warp of = null;
        for (Warp warp : warps) {
            if (!warp.done()) {
                if (first == null) {
                    first = warp.firstWait();
                    of = warp;
                }
                waits.append(waits.isEmpty() ? "" : "; ").append(warp.waits());
            }
        }
        if (of == null) {
            throw new IllegalStateException("no warp waits");
        }
        return of.fault(PtxFault.Kind.DEADLOCK, first, Integer.numberOfTrailingZeros(of.live), 0, null, "nobody can go on: " + waits);
    }

    int liveLanes() {
        int lanes = 0;
        for (Warp warp : warps) {
            lanes += Integer.bitCount(warp.live);
        }
        return lanes;
    }

    /** A warp releases: what it did and has seen so far is there for whoever takes it. */
    void handOver(int w) {
        handedOver[w] = seen[w].clone();
        handedOver[w][w] = warps[w].clock++;
    }

    /** A warp takes what the others have handed over. */
    void take(int w) {
        for (int v = 0; v < warps.length; v++) {
            if (v != w && handedOver[v] != null) {
                for (int u = 0; u < warps.length; u++) {
                    seen[w][u] = Math.max(seen[w][u], handedOver[v][u]);
                }
            }
        }
    }

    /** A barrier is complete: what its participants did so far comes before what those that waited do next. */
    void synchronise(int participants, int waited) {
        for (int w = 0; w < warps.length; w++) {
            if ((waited >>> w & 1) == 0) {
                continue;
            }
            for (int v = 0; v < warps.length; v++) {
                if ((participants >>> v & 1) != 0 && v != w) {
                    for (int u = 0; u < warps.length; u++) {
                        seen[w][u] = Math.max(seen[w][u], u == v ? warps[v].clock : seen[v][u]);
                    }
                }
            }
        }
        for (int w = 0; w < warps.length; w++) {
            if ((participants >>> w & 1) != 0) {
                warps[w].clock++;
            }
        }
    }
}
