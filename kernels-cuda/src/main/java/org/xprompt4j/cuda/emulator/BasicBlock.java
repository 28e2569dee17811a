package org.xprompt4j.cuda.emulator;

import java.util.List;

import org.xprompt4j.cuda.emulator.syntax.Operation;

/** Instructions that run one after another, with an optional gate before them and a jump behind. Its index orders the kernel: loops lie together, joins behind. */
final class BasicBlock {
    final int index;
    /** What must be met before the block is entered; null for most. */
    Gate gate;
    Instruction[] body;
    Jump jump;
    /** What it was made from, gate and jump included. */
    List<Operation> operations;
    /** Instructions a warp executes in it, gate and jump counted. */
    int length;
    /** How often a warp went through in this launch, and with how many lanes in all. */
    long visits;
    long lanes;

    BasicBlock(int index) {
        this.index = index;
    }
}
