package org.xprompt4j.cuda.emulator;

/** {@code bar.warp.sync}: the named lanes wait for each other, wherever in the program each of them waits. */
final class WarpSyncGate extends Gate {
    int membersRow;

    @Override
    boolean pass(Warp warp) {
        int lane = Integer.numberOfTrailingZeros(warp.mask);
        int members = warp.ints[membersRow + lane] & warp.live;
        if ((members & warp.mask) != warp.mask) {
            int outside = Integer.numberOfTrailingZeros(warp.mask & ~members);
            if ((warp.ints[membersRow + outside] >>> outside & 1) == 0) {
                throw warp.fault(PtxFault.Kind.WARP_MEMBERS, source, outside, 0, null, "the thread's lane is not in its member mask 0x"
                        + Integer.toHexString(warp.ints[membersRow + outside]));
            }
        }
        warp.parkRunning(Warp.WARP_SYNC);
        release(warp);
        return false;
    }

    /** Lets go the lanes whose members all wait; true if there were some. */
    static boolean release(Warp warp) {
        int waiting = warp.lanesIn(Warp.WARP_SYNC);
        int ready = 0;
        for (int left = waiting; left != 0; left &= left - 1) {
            int lane = Integer.numberOfTrailingZeros(left);
            int members = members(warp, lane) & warp.live;
            if ((members & waiting) == members) {
                ready |= 1 << lane;
            }
        }
        if (ready == 0) {
            return false;
        }
        warp.clock++;
        warp.release(Warp.WARP_SYNC, ready);
        return true;
    }

    private static int members(Warp warp, int lane) {
        for (BasicBlock at : warp.code.blocks()) {
            if (at.gate instanceof WarpSyncGate gate && (warp.lanesAt(at.index, Warp.WARP_SYNC) >>> lane & 1) != 0) {
                return warp.ints[gate.membersRow + lane];
            }
        }
        return 0;
    }

    @Override
    String waitsFor(Warp warp, int mask) {
        int lane = Integer.numberOfTrailingZeros(mask);
        return "for lanes 0x" + Integer.toHexString(warp.ints[membersRow + lane] & warp.live & ~warp.lanesIn(Warp.WARP_SYNC));
    }
}
