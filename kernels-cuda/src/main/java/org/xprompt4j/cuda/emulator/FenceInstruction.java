package org.xprompt4j.cuda.emulator;

/** {@code membar} and {@code fence}. Memory here is in order anyway; what is noted is that the block's writes so far may be handed to others. */
final class FenceInstruction extends Instruction {
    @Override
    void execute(Warp warp, int mask) {
        if (warp.block.launch.races != null) {
            warp.block.launch.races.fence(warp);
        }
    }
}
