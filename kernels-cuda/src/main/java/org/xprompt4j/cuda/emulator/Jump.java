package org.xprompt4j.cuda.emulator;

import org.xprompt4j.cuda.emulator.syntax.Operation;

/** Where the lanes of a path go at the end of a block. */
abstract class Jump {
    Operation source;

    /** Sets the warp's next block and mask, and parks the lanes that go elsewhere. */
    abstract void leave(Warp warp, int mask);

    /** On to one block. */
    static final class Goto extends Jump {
        final int target;

        Goto(int target) {
            this.target = target;
        }

        @Override
        void leave(Warp warp, int mask) {
            warp.pc = target;
        }
    }

    /** {@code @p bra}. */
    static final class Branch extends Jump {
        final int predicate;
        final boolean negated;
        final int taken;
        final int fallThrough;
        long divergent;

        Branch(int predicate, boolean negated, int taken, int fallThrough) {
            this.predicate = predicate;
            this.negated = negated;
            this.taken = taken;
            this.fallThrough = fallThrough;
        }

        @Override
        void leave(Warp warp, int mask) {
            int value = warp.masks[predicate];
            int goes = mask & (negated ? ~value : value);
            if (goes == mask) {
                warp.pc = taken;
            } else if (goes == 0) {
                warp.pc = fallThrough;
            } else if (taken != fallThrough) {
                divergent++;
                boolean takenFirst = taken < fallThrough;
                warp.pc = takenFirst ? taken : fallThrough;
                warp.mask = takenFirst ? goes : mask & ~goes;
                warp.parkRunnable(takenFirst ? fallThrough : taken, takenFirst ? mask & ~goes : goes);
            } else {
                warp.pc = taken;
            }
        }
    }

    /** {@code brx.idx}: each lane picks its target. */
    static final class Table extends Jump {
        final int row;
        final int[] targets;

        Table(int row, int[] targets) {
            this.row = row;
            this.targets = targets;
        }

        @Override
        void leave(Warp warp, int mask) {
            int left = mask;
            boolean first = true;
            while (left != 0) {
                int lane = Integer.numberOfTrailingZeros(left);
                int index = warp.ints[row + lane];
                if (index < 0 || index >= targets.length) {
                    throw warp.fault(PtxFault.Kind.OUT_OF_BOUNDS, source, lane, 0, null, "brx.idx with index " + index + " of " + targets.length + " targets");
                }
                int same = 0;
                for (int rest = left; rest != 0; rest &= rest - 1) {
                    int other = Integer.numberOfTrailingZeros(rest);
                    same |= warp.ints[row + other] == index ? 1 << other : 0;
                }
                left &= ~same;
                if (first) {
                    warp.pc = targets[index];
                    warp.mask = same;
                    first = false;
                } else {
                    warp.parkRunnable(targets[index], same);
                }
            }
        }
    }

    /** {@code exit}, or {@code ret} of a kernel; with a predicate the rest goes on. */
    static final class Exit extends Jump {
        final int predicate;
        final boolean negated;
        final int next;

        Exit(int predicate, boolean negated, int next) {
            this.predicate = predicate;
            this.negated = negated;
            this.next = next;
        }

        @Override
        void leave(Warp warp, int mask) {
            int goes = predicate < 0 ? mask : mask & (negated ? ~warp.masks[predicate] : warp.masks[predicate]);
            warp.exit(goes);
            warp.mask = mask & ~goes;
            warp.pc = next;
        }
    }
}
