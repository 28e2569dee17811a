package org.xprompt4j.cuda.emulator;

/** An instruction that computes each lane from that lane's registers alone; its subclasses are made by {@link LaneCompiler}. */
abstract class LaneInstruction extends Instruction {
    /** Row of the result, then of the operands: an index into the registers of 32 lanes each, or of a predicate. */
    int out;
    int a;
    int b;
    int c;
    int e;

    /** The part of a row that is computed and how, for translation of several instructions into one. */
    LaneFormula formula;
}
