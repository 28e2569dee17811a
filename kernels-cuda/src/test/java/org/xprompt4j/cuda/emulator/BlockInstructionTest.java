package org.xprompt4j.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;

import org.junit.jupiter.api.Test;

/** Instructions that make sense only together: branches, barriers, asynchronous copies, matrices from shared memory. */
class BlockInstructionTest {
    /** What the tests of this class run, each against exact values. */
    static final Set<String> TESTED = Set.of();
}
