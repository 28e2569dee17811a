package org.xprompt4j.cuda.emulator;

import org.xprompt4j.cuda.emulator.RegisterFile.Kind;
import org.xprompt4j.cuda.emulator.RegisterFile.Slot;

/** Reads a clock. Time is the number of warp instructions that the launch has executed, so that it is the same in every run. */
final class ClockInstruction extends Instruction {
    private final String name;
    private final Slot out;

    ClockInstruction(String name, Slot out) {
        this.name = name;
        this.out = out;
    }

    static boolean reads(String register) {
        return switch (register) {
            case "%clock", "%clock_hi", "%clock64", "%globaltimer", "%globaltimer_lo", "%globaltimer_hi" -> true;
            default -> false;
        };
    }

    @Override
    void execute(Warp warp, int mask) {
        long now = warp.block.launch.executed();
        long value = name.endsWith("_hi") ? now >>> 32 : now;
        for (int left = mask; left != 0; left &= left - 1) {
            int lane = Integer.numberOfTrailingZeros(left);
            if (out.kind() == Kind.LONG) {
                warp.longs[out.row() + lane] = value;
            } else {
                warp.ints[out.row() + lane] = (int) value;
            }
        }
    }
}
