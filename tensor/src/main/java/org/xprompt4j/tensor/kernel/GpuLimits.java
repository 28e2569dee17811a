package org.xprompt4j.tensor.kernel;

/**
 * What a GPU can do at most, for estimates. Rates are of one multiprocessor and one clock.
 *
 * @param multiprocessors that work at once
 * @param clock in Hz
 * @param memoryBytes a second from device memory, as a plain copy reaches it, reading and writing together
 * @param cacheBytes a clock from the second-level cache
 * @param sharedBytes a clock from shared memory: one wavefront
 * @param issue warp instructions a clock
 * @param special lanes a clock of exp, log, sine, reciprocal, square root
 * @param tensor operations of dense f16 or bf16 matrices a clock
 */
public record GpuLimits(String name, int multiprocessors, double clock, double memoryBytes, double cacheBytes, double sharedBytes, double issue,
                        double special, double tensor) {
    /** H100 SXM: 132 multiprocessors at 1.83 GHz, 3.0 TB/s measured by a copy, 989 Tflop/s of bf16. */
    public static final GpuLimits H100 = new GpuLimits("H100 SXM", 132, 1.83e9, 3.0e12, 64, 128, 4, 16, 4096);
}
