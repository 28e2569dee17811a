package org.xprompt4j.cuda.emulator;

import org.xprompt4j.cuda.emulator.syntax.Operation;
import org.xprompt4j.cuda.emulator.syntax.SourcePlace;

/** One decoded instruction: does its work for the active lanes of a warp at once. */
abstract class Instruction {
    /** Row of the guard predicate; -1 without one. */
    int guard = -1;
    boolean guardNegated;
    Operation source;

    /**
     * Executes the instruction.
     *
     * @param mask lanes that take part, never 0; the guard has been applied
     */
    abstract void execute(Warp warp, int mask);

    /** Those of the lanes whose guard is true. */
    final int guarded(Warp warp, int mask) {
        return guard < 0 ? mask : guardNegated ? mask & ~warp.masks[guard] : mask & warp.masks[guard];
    }

    SourcePlace place() {
        return source.place();
    }

    /** What the counters call it; the opcode without type suffixes that do not matter. */
    String kind() {
        return source.root();
    }
}
