/**
 * What PTX instructions compute, one lane at a time, as static functions over raw register bits: {@code int} holds anything up to 32 bits
 * (16-bit values zero-extended), {@code long} 64 bits, {@code boolean} a predicate. Names are the operation, then the type, then the rounding:
 * {@code fmaF32Rm}. {@link org.xprompt4j.cuda.emulator.arithmetic.LaneFunctions} finds them by name; read
 * {@link org.xprompt4j.cuda.emulator.arithmetic.FloatArithmetic} first.
 */
package org.xprompt4j.cuda.emulator.arithmetic;
