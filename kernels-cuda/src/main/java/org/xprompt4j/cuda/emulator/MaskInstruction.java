package org.xprompt4j.cuda.emulator;

/** Logic on predicates, all lanes in one step: out = (a op b), each operand perhaps inverted. */
final class MaskInstruction extends Instruction {
    /** The operations. */
    enum Logic { AND, OR, XOR, MOVE }

    private final Logic logic;
    private final int out;
    private final int a;
    private final int invertA;
    private final int b;
    private final int invertB;
    private final int invertOut;

    MaskInstruction(Logic logic, int out, boolean invertOut, int a, boolean invertA, int b, boolean invertB) {
        this.logic = logic;
        this.out = out;
        this.invertOut = invertOut ? -1 : 0;
        this.a = a;
        this.invertA = invertA ? -1 : 0;
        this.b = b;
        this.invertB = invertB ? -1 : 0;
    }

    @Override
    void execute(Warp warp, int mask) {
        int[] masks = warp.masks;
        int x = masks[a] ^ invertA;
        int y = masks[b] ^ invertB;
        int value = invertOut ^ switch (logic) {
            case AND -> x & y;
            case OR -> x | y;
            case XOR -> x ^ y;
            case MOVE -> x;
        };
        masks[out] = masks[out] & ~mask | value & mask;
    }
}
