package org.xprompt4j.bench.jmh;

/**
 * How much an operation has to do, whoever does it.
 *
 * @param flops floating-point operations, a multiply-add counting two
 * @param bytes that must pass between memory and processor at least: every operand once, every result once
 */
public record Work(double flops, double bytes) {
    /** Elements of 4 bytes. */
    static Work of(double flops, double floats) {
        return new Work(flops, 4 * floats);
    }
}
