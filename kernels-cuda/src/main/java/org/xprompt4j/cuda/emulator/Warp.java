package org.xprompt4j.cuda.emulator;

import org.xprompt4j.cuda.emulator.syntax.Operation;
import org.xprompt4j.cuda.emulator.syntax.SourcePlace;

/**
 * 32 threads: their registers, and the paths they are on. A path is a set of lanes at one block; where lanes diverge there are several. The
 * runnable path at the lowest block runs, so that paths meet again where they join, and every so often another one gets a turn, so that lanes
 * that wait for each other through memory make progress.
 */
final class Warp {
    static final int RUNNABLE = 0;
    /** Waits at an aligned barrier for the rest of its warp. */
    static final int GATHERING = 1;
    /** Waits at a barrier for other warps. */
    static final int ARRIVED = 2;
    /** Waits at {@code bar.warp.sync}. */
    static final int WARP_SYNC = 3;
    /** Waits at an instruction with a member mask for the other members. */
    static final int MEMBERS = 4;

    final KernelCode code;
    final BlockRun block;
    final int index;
    final int[] ints;
    final long[] longs;
    final int[] masks;
    /** Per-thread memory, one frame a lane. */
    final Span local;
    final int frameBytes;
    final AsyncCopies copies = new AsyncCopies();

    /** Scratch of memory instructions. */
    final long[] addresses = new long[32];
    final int[] offsets = new int[32];
    final Span[] spans = new Span[32];

    /** Lanes that have not exited; lanes beyond the block's threads never live. */
    int live;
    /** The running path. */
    int pc;
    int mask;
    /** Lowest block at which another runnable path waits. */
    private int nextPc;
    /** Barriers and warp synchronisations so far, for ordering accesses. */
    int clock;
    /** Has executed a fence and no atomic since. */
    boolean fenced;

    private int parked;
    private final int[] parkedPc = new int[32];
    private final int[] parkedMask = new int[32];
    private final int[] parkedState = new int[32];

    Warp(KernelCode code, BlockRun block, int index) {
        this.code = code;
        this.block = block;
        this.index = index;
        this.ints = new int[32 * code.intRows()];
        this.longs = new long[32 * code.longRows()];
        this.masks = new int[code.maskRows()];
        this.frameBytes = code.frameBytes();
        this.local = new Span(0, 32L * frameBytes, "local memory", block.launch.track());
        code.fillConstants(this);
        code.fillSpecials(this);
    }

    /** Begins a block anew with this warp's share of its threads. */
    void start(int threads) {
        live = threads >= 32 ? -1 : (1 << threads) - 1;
        pc = 0;
        mask = live;
        nextPc = Integer.MAX_VALUE;
        parked = 0;
        clock = 1;
        fenced = false;
        local.clear();
        copies.clear();
        code.fillPosition(this);
    }

    boolean done() {
        return live == 0;
    }

    /** Runs until no path can go on, or for a number of basic blocks. */
    void run(int turn) {
        if (mask == 0 && !select()) {
            return;
        }
        BasicBlock[] blocks = code.blocks();
        Launch launch = block.launch;
        for (int left = turn; left > 0; left--) {
            BasicBlock at = blocks[pc];
            if (at.gate != null && !at.gate.pass(this)) {
                if (!select()) {
                    return;
                }
                continue;
            }
            int active = mask;
            at.visits++;
            at.lanes += Integer.bitCount(active);
            if ((launch.left -= at.length) < 0) {
                throw fault(PtxFault.Kind.INSTRUCTION_LIMIT, at.jump.source == null ? at.body[0].source : at.jump.source, Integer.numberOfTrailingZeros(active), 0, null,
                        launch.limit() + " warp instructions were executed and the kernel has not ended");
            }
            for (Instruction instruction : at.body) {
                int lanes = instruction.guarded(this, active);
                if (lanes != 0) {
                    instruction.execute(this, lanes);
                }
            }
            at.jump.leave(this, active);
            if (mask == 0) {
                if (!select()) {
                    return;
                }
            } else if (pc >= nextPc) {
                parkRunning(RUNNABLE);
                select();
            }
        }
        giveTurn();
    }

    /** Ends a turn: another runnable path, if there is one, goes first in the next. */
    private void giveTurn() {
        for (int i = 0; i < parked; i++) {
            if (parkedState[i] == RUNNABLE) {
                int otherPc = parkedPc[i];
                int otherMask = parkedMask[i];
                remove(i);
                park(pc, mask, RUNNABLE);
                pc = otherPc;
                mask = otherMask;
                nextPc = Integer.MAX_VALUE;
                return;
            }
        }
    }

    private void park(int at, int lanes, int state) {
        for (int i = 0; i < parked; i++) {
            if (parkedPc[i] == at && parkedState[i] == state) {
                parkedMask[i] |= lanes;
                return;
            }
        }
        parkedPc[parked] = at;
        parkedMask[parked] = lanes;
        parkedState[parked] = state;
        parked++;
    }

    private void remove(int i) {
        parked--;
        for (int k = i; k < parked; k++) {
            parkedPc[k] = parkedPc[k + 1];
            parkedMask[k] = parkedMask[k + 1];
            parkedState[k] = parkedState[k + 1];
        }
    }

    void parkRunnable(int at, int lanes) {
        park(at, lanes, RUNNABLE);
        nextPc = Math.min(nextPc, at);
    }

    /** Parks the running path where it is. */
    void parkRunning(int state) {
        park(pc, mask, state);
        mask = 0;
    }

    /** Lanes parked at a block in a state. */
    int lanesAt(int at, int state) {
        for (int i = 0; i < parked; i++) {
            if (parkedPc[i] == at && parkedState[i] == state) {
                return parkedMask[i];
            }
        }
        return 0;
    }

    /** Lanes parked in a state anywhere. */
    int lanesIn(int state) {
        int lanes = 0;
        for (int i = 0; i < parked; i++) {
            lanes |= parkedState[i] == state ? parkedMask[i] : 0;
        }
        return lanes;
    }

    /** Moves lanes that wait at a block into another state and place; lanes of the same path that are not named stay. */
    void move(int at, int state, int lanes, int toPc, int toState) {
        for (int i = 0; i < parked; i++) {
            if (parkedPc[i] == at && parkedState[i] == state && (parkedMask[i] & lanes) != 0) {
                int moved = parkedMask[i] & lanes;
                parkedMask[i] &= ~lanes;
                if (parkedMask[i] == 0) {
                    remove(i);
                }
                park(toPc, moved, toState);
                if (toState == RUNNABLE) {
                    nextPc = Math.min(nextPc, toPc);
                }
                return;
            }
        }
    }

    /** Releases lanes in a state wherever they wait; each goes on behind its gate. */
    void release(int state, int lanes) {
        for (int i = parked - 1; i >= 0; i--) {
            if (parkedState[i] == state && (parkedMask[i] & lanes) != 0) {
                int at = parkedPc[i];
                move(at, state, lanes, code.blocks()[at].gate.next, RUNNABLE);
                i = parked;
            }
        }
    }

    /** Makes the lowest runnable path the running one, with all that wait at the same block; false if there is none. */
    private boolean select() {
        while (true) {
            int lowest = Integer.MAX_VALUE;
            int second = Integer.MAX_VALUE;
            for (int i = 0; i < parked; i++) {
                if (parkedState[i] == RUNNABLE) {
                    if (parkedPc[i] < lowest) {
                        second = lowest;
                        lowest = parkedPc[i];
                    } else {
                        second = Math.min(second, parkedPc[i]);
                    }
                }
            }
            if (lowest != Integer.MAX_VALUE) {
                pc = lowest;
                mask = 0;
                for (int i = parked - 1; i >= 0; i--) {
                    if (parkedState[i] == RUNNABLE && parkedPc[i] == lowest) {
                        mask |= parkedMask[i];
                        remove(i);
                    }
                }
                nextPc = second;
                return true;
            }
            mask = 0;
            if (!unblock()) {
                return false;
            }
        }
    }

    /** No path is runnable: lanes that exited may have been what others waited for. True if a path became runnable. */
    private boolean unblock() {
        for (int i = 0; i < parked; i++) {
            if (parkedState[i] == GATHERING && parkedMask[i] == live) {
                int at = parkedPc[i];
                ((BarrierGate) code.blocks()[at].gate).arrive(this, at, live);
                return lanesIn(RUNNABLE) != 0;
            }
            if (parkedState[i] == WARP_SYNC && WarpSyncGate.release(this)) {
                return true;
            }
            if (parkedState[i] == MEMBERS) {
                int at = parkedPc[i];
                int ready = ((MembersGate) code.blocks()[at].gate).ready(this, parkedMask[i]);
                if (ready != 0) {
                    move(at, MEMBERS, ready, at, RUNNABLE);
                    return true;
                }
            }
        }
        if (lanesIn(GATHERING) != 0 && lanesIn(ARRIVED) == 0) {
            throw divergent();
        }
        return false;
    }

    private PtxFault divergent() {
        int first = 0;
        while (parkedState[first] != GATHERING) {
            first++;
        }
        StringBuilder others = new StringBuilder();
        for (int i = 0; i < parked; i++) {
            if (i != first) {
                others.append(others.isEmpty() ? "" : ", ").append(waiting(i));
            }
        }
        Gate gate = code.blocks()[parkedPc[first]].gate;
        return fault(PtxFault.Kind.DIVERGENT_BARRIER, gate.source, Integer.numberOfTrailingZeros(parkedMask[first]), 0, null, gate.source.opcode() + " reached by "
                + lanes(parkedMask[first]) + " of warp " + index + " while " + others);
    }

    private String waiting(int i) {
        Gate gate = code.blocks()[parkedPc[i]].gate;
        return lanes(parkedMask[i]) + " of warp " + index + (gate == null ? " are runnable" : " wait at " + gate.place() + " (" + gate.source.opcode() + ") "
                + gate.waitsFor(this, parkedMask[i]));
    }

    /** Who waits where, for the report of a deadlock. */
    String waits() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parked; i++) {
            text.append(text.isEmpty() ? "" : ", ").append(waiting(i));
        }
        return text.toString();
    }

    /** The first place where lanes wait, or null. */
    Operation firstWait() {
        return parked == 0 ? null : code.blocks()[parkedPc[0]].gate.source;
    }

    static String lanes(int mask) {
        if (mask == -1) {
            return "all lanes";
        }
        int first = Integer.numberOfTrailingZeros(mask);
        int count = Integer.bitCount(mask);
        boolean run = mask >>> first == (count == 32 ? -1 : (1 << count) - 1);
        return count == 1 ? "lane " + first : run ? "lanes " + first + "-" + (first + count - 1) : "lanes 0x" + Integer.toHexString(mask);
    }

    void exit(int lanes) {
        live &= ~lanes;
    }

    /** A fault of one lane of this warp. */
    PtxFault fault(PtxFault.Kind kind, Operation operation, int lane, long address, String allocation, String what) {
        SourcePlace place = operation.place();
        Grid thread = block.launch.blockSize().index(32L * index + lane);
        return new PtxFault(kind, code.name(), place.file(), place.line(), block.position, thread, address, allocation,
                kind + ": " + what + " [kernel " + code.name() + ", " + place + ", block " + block.position + ", thread " + thread + ": " + operation + "]");
    }
}
