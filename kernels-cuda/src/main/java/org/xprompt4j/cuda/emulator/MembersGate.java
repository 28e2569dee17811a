package org.xprompt4j.cuda.emulator;

/** Stands before {@code shfl.sync}, {@code vote.sync} and the like: lanes wait until all lanes of their member mask are at the same instruction. */
final class MembersGate extends Gate {
    int membersRow;
    /** The member mask is written in the instruction and names all lanes. */
    boolean wholeWarp;

    @Override
    boolean pass(Warp warp) {
        if (wholeWarp && warp.mask == warp.live) {
            return true;
        }
        int at = warp.pc;
        int here = warp.mask | warp.lanesAt(at, Warp.MEMBERS);
        int ready = ready(warp, here);
        if (ready == warp.mask && ready == here) {
            return true;
        }
        if (ready == 0) {
            warp.parkRunning(Warp.MEMBERS);
            return false;
        }
        warp.parkRunning(Warp.MEMBERS);
        warp.move(at, Warp.MEMBERS, ready, at, Warp.RUNNABLE);
        return false;
    }

    /** Lanes, of those here, all of whose living members are here too. */
    int ready(Warp warp, int here) {
        int ready = 0;
        for (int left = here; left != 0; left &= left - 1) {
            int lane = Integer.numberOfTrailingZeros(left);
            int members = warp.ints[membersRow + lane];
            if ((members >>> lane & 1) == 0) {
                throw warp.fault(PtxFault.Kind.WARP_MEMBERS, source, lane, 0, null, "the thread's lane " + lane + " is not in its member mask 0x"
                        + Integer.toHexString(members));
            }
            if (members == -1 && here == warp.live) {
                return here;
            }
            ready |= (members & warp.live & ~here) == 0 ? 1 << lane : 0;
        }
        return ready;
    }

    @Override
    String waitsFor(Warp warp, int mask) {
        return "for the other lanes of member mask 0x" + Integer.toHexString(warp.ints[membersRow + Integer.numberOfTrailingZeros(mask)]);
    }
}
