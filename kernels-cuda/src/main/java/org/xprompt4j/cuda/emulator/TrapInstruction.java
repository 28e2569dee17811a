package org.xprompt4j.cuda.emulator;

/** {@code trap}: the kernel gives up. */
final class TrapInstruction extends Instruction {
    @Override
    void execute(Warp warp, int mask) {
        throw warp.fault(PtxFault.Kind.TRAP, source, Integer.numberOfTrailingZeros(mask), 0, null, "the kernel executed trap");
    }
}
