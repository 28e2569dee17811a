package org.xprompt4j.cuda.emulator;

/** An instruction at which the running path of a warp may have to wait. */
abstract class Gate extends Instruction {
    /** The block that follows; where the path goes on. */
    int next;

    /** True if the running path goes on now; false if it was parked. */
    abstract boolean pass(Warp warp);

    @Override
    final void execute(Warp warp, int mask) {
        throw new IllegalStateException("a gate is passed, not executed");
    }

    /** What is waited for, in words. */
    abstract String waitsFor(Warp warp, int mask);
}
