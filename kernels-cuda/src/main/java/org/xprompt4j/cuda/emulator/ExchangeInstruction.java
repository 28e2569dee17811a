package org.xprompt4j.cuda.emulator;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

import org.xprompt4j.cuda.emulator.RegisterFile.Kind;
import org.xprompt4j.cuda.emulator.RegisterFile.Slot;

/** Instructions by which the lanes of a warp learn from each other. The gate before them has seen to it that all members are here. */
abstract class ExchangeInstruction extends Instruction {
    /** {@code activemask}: the lanes on this path. */
    static Instruction activeMask(Slot out) {
        return new Instruction() {
            @Override
            void execute(Warp warp, int mask) {
                spread(warp, out, mask, mask);
            }
        };
    }

    /** {@code elect.sync}: the lowest member leads. */
    static Instruction elect(Slot leader, Slot out, Slot members) {
        return new Instruction() {
            @Override
            void execute(Warp warp, int mask) {
                int lowest = Integer.numberOfTrailingZeros(mask & warp.ints[members.row() + Integer.numberOfTrailingZeros(mask)]);
                if (leader != null) {
                    spread(warp, leader, mask, lowest);
                }
                warp.masks[out.row()] = warp.masks[out.row()] & ~mask | 1 << lowest & mask;
            }
        };
    }

    static void spread(Warp warp, Slot out, int mask, int value) {
        for (int left = mask; left != 0; left &= left - 1) {
            warp.ints[out.row() + Integer.numberOfTrailingZeros(left)] = value;
        }
    }

    /** {@code vote.sync}. */
    static final class Vote extends ExchangeInstruction {
        private final String mode;
        private final Slot out;
        private final int a;
        private final boolean negated;
        private final int members;

        Vote(String mode, Slot out, Slot a, boolean negated, Slot members) {
            this.mode = mode;
            this.out = out;
            this.a = a.row();
            this.negated = negated;
            this.members = members.row();
        }

        @Override
        void execute(Warp warp, int mask) {
            int votes = (negated ? ~warp.masks[a] : warp.masks[a]) & mask;
            for (int left = mask; left != 0;) {
                int voters = warp.ints[members + Integer.numberOfTrailingZeros(left)] & mask;
                int yes = votes & voters;
                switch (mode) {
                    case "ballot" -> spread(warp, out, voters, yes);
                    case "all" -> set(warp, voters, yes == voters);
                    case "any" -> set(warp, voters, yes != 0);
                    default -> set(warp, voters, yes == 0 || yes == voters);
                }
                left &= ~voters;
            }
        }

        private void set(Warp warp, int lanes, boolean value) {
            warp.masks[out.row()] = warp.masks[out.row()] & ~lanes | (value ? lanes : 0);
        }
    }

    /** {@code match.any.sync} and {@code match.all.sync}. */
    static final class Match extends ExchangeInstruction {
        private final boolean all;
        private final Slot out;
        private final Slot allEqual;
        private final Slot a;
        private final int members;

        Match(boolean all, Slot out, Slot allEqual, Slot a, Slot members) {
            this.all = all;
            this.out = out;
            this.allEqual = allEqual;
            this.a = a;
            this.members = members.row();
        }

        @Override
        void execute(Warp warp, int mask) {
            int equalToAll = 0;
            int[] result = new int[32];
            for (int left = mask; left != 0; left &= left - 1) {
                int lane = Integer.numberOfTrailingZeros(left);
                int group = warp.ints[members + lane] & mask;
                int same = 0;
                for (int rest = group; rest != 0; rest &= rest - 1) {
                    int other = Integer.numberOfTrailingZeros(rest);
                    same |= value(warp, other) == value(warp, lane) ? 1 << other : 0;
                }
                equalToAll |= same == group ? 1 << lane : 0;
                result[lane] = all ? same == group ? group : 0 : same;
            }
            for (int left = mask; left != 0; left &= left - 1) {
                int lane = Integer.numberOfTrailingZeros(left);
                warp.ints[out.row() + lane] = result[lane];
            }
            if (allEqual != null) {
                warp.masks[allEqual.row()] = warp.masks[allEqual.row()] & ~mask | equalToAll;
            }
        }

        private long value(Warp warp, int lane) {
            return a.kind() == Kind.LONG ? warp.longs[a.row() + lane] : warp.ints[a.row() + lane];
        }
    }

    /** {@code redux.sync}. */
    static final class Reduce extends ExchangeInstruction {
        private final MethodHandle combine;
        private final Slot out;
        private final int a;
        private final int members;

        Reduce(String function, Slot out, Slot a, Slot members) {
            try {
                this.combine = MethodHandles.lookup().unreflect(LaneFormula.function(function));
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(function, e);
            }
            this.out = out;
            this.a = a.row();
            this.members = members.row();
        }

        @Override
        void execute(Warp warp, int mask) {
            for (int left = mask; left != 0;) {
                int first = Integer.numberOfTrailingZeros(left);
                int group = warp.ints[members + first] & mask;
                int value = warp.ints[a + first];
                for (int rest = group & ~(1 << first); rest != 0; rest &= rest - 1) {
                    try {
                        value = (int) combine.invokeExact(value, warp.ints[a + Integer.numberOfTrailingZeros(rest)]);
                    } catch (Throwable e) {
                        throw new IllegalStateException("redux", e);
                    }
                }
                left &= ~group;
                spread(warp, out, group, value);
            }
        }
    }
}
