package org.xprompt4j.cuda.emulator;

/** One of a block's sixteen barriers: who has arrived, and the reduction of {@code bar.red}. */
final class Barrier {
    private final BlockRun block;
    private final int[] waiting;
    private final BarrierGate[] gates;
    /** Warps that arrived, with or without waiting; one bit each. */
    private int participants;
    private int arrivedThreads;
    private int waitingLanes;
    private int expected;
    private int trueLanes;
    private int countedLanes;

    Barrier(BlockRun block, int warps) {
        this.block = block;
        this.waiting = new int[warps];
        this.gates = new BarrierGate[warps];
    }

    void reset() {
        java.util.Arrays.fill(waiting, 0);
        participants = 0;
        arrivedThreads = 0;
        waitingLanes = 0;
        expected = 0;
        trueLanes = 0;
        countedLanes = 0;
    }

    /**
     * Lanes of a warp arrive.
     *
     * @param count threads that the barrier waits for; 0 for all that live
     * @param waits they wait until it is complete
     */
    void arrive(Warp warp, int lanes, BarrierGate gate, int count, boolean waits) {
        if (expected != 0 && count != expected && participants != 0) {
            throw warp.fault(PtxFault.Kind.DEADLOCK, gate.source, Integer.numberOfTrailingZeros(lanes), 0, null,
                    "arrives for " + count + " threads at a barrier where others arrived for " + expected);
        }
        expected = count;
        participants |= 1 << warp.index;
        arrivedThreads += 32 * Integer.bitCount(lanes) / Math.max(1, Integer.bitCount(warp.live));
        if (waits) {
            waiting[warp.index] |= lanes;
            gates[warp.index] = gate;
            waitingLanes += Integer.bitCount(lanes);
        }
        if (gate.predicate >= 0) {
            int value = gate.predicateNegated ? ~warp.masks[gate.predicate] : warp.masks[gate.predicate];
            trueLanes += Integer.bitCount(value & lanes);
            countedLanes += Integer.bitCount(lanes);
        }
        checkComplete();
    }

    /** Releases the waiting lanes if all that are expected are here. Called again when a warp ends, for exited threads are not waited for. */
    void checkComplete() {
        if (participants == 0 || (expected == 0 ? waitingLanes < block.liveLanes() : arrivedThreads < expected)) {
            return;
        }
        block.synchronise(participants, waitingWarps());
        int trues = trueLanes;
        int counted = countedLanes;
        int[] released = waiting.clone();
        reset();
        for (int w = 0; w < released.length; w++) {
            if (released[w] != 0) {
                gates[w].result(block.warps[w], released[w], trues, counted);
                block.warps[w].release(Warp.ARRIVED, released[w]);
            }
        }
    }

    private int waitingWarps() {
        int warps = 0;
        for (int w = 0; w < waiting.length; w++) {
            warps |= waiting[w] != 0 ? 1 << w : 0;
        }
        return warps;
    }

    String state() {
        return expected == 0 ? waitingLanes + " of " + block.liveLanes() + " threads are there" : arrivedThreads + " of " + expected + " threads arrived";
    }
}
