package org.xprompt4j.cuda.emulator;

import org.xprompt4j.cuda.emulator.RegisterFile.Slot;

/** {@code shfl.sync}. Which lane each takes from is found once where the instruction says it in constants. */
final class ShuffleInstruction extends Instruction {
    /** What a lane gets from one that does not take part; as a float it is NaN, so that using it shows. */
    static final int UNDEFINED = 0x7fffdead;

    /** From which lane the value comes: absolute, below, above, crossed. */
    enum Mode { IDX, UP, DOWN, BFLY }

    private final Mode mode;
    private final int out;
    private final Slot inRange;
    private final int a;
    private final int b;
    private final int c;
    private final int[] values = new int[32];
    private final int[] from = new int[32];
    private boolean fixed;
    private int valid;

    ShuffleInstruction(Mode mode, Slot out, Slot inRange, Slot a, Slot b, Slot c) {
        this.mode = mode;
        this.out = out.row();
        this.inRange = inRange;
        this.a = a.row();
        this.b = b.row();
        this.c = c.row();
    }

    /** The operands b and c are these for all lanes, always. */
    void fix(int by, int control) {
        for (int lane = 0; lane < 32; lane++) {
            source(lane, by, control);
        }
        fixed = true;
    }

    /** The ISA's rule: the control holds the clamp in bits 0-4 and the segment mask in bits 8-12. */
    private void source(int lane, int by, int control) {
        int segment = control >>> 8 & 31;
        int clamp = control & 31;
        int most = lane & segment | clamp & ~segment;
        int operand = by & 31;
        int taken = switch (mode) {
            case UP -> lane - operand;
            case DOWN -> lane + operand;
            case BFLY -> lane ^ operand;
            case IDX -> lane & segment | operand & ~segment;
        };
        // For up the clamp is a lower bound.
        boolean inside = mode == Mode.UP ? taken >= most : taken <= most;
        from[lane] = inside ? taken : lane;
        valid = valid & ~(1 << lane) | (inside ? 1 << lane : 0);
    }

    @Override
    void execute(Warp warp, int mask) {
        int[] ints = warp.ints;
        if (!fixed) {
            for (int left = mask; left != 0; left &= left - 1) {
                int lane = Integer.numberOfTrailingZeros(left);
                source(lane, ints[b + lane], ints[c + lane]);
            }
        }
        System.arraycopy(ints, a, values, 0, 32);
        if (mask == -1) {
            for (int lane = 0; lane < 32; lane++) {
                ints[out + lane] = values[from[lane]];
            }
        } else {
            for (int left = mask; left != 0; left &= left - 1) {
                int lane = Integer.numberOfTrailingZeros(left);
                ints[out + lane] = (mask >>> from[lane] & 1) != 0 ? values[from[lane]] : UNDEFINED;
            }
        }
        if (inRange != null) {
            warp.masks[inRange.row()] = warp.masks[inRange.row()] & ~mask | valid & mask;
        }
    }
}
