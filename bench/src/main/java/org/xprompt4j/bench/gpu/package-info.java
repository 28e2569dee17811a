/**
 * GPU kernels against what the machine can do and against what the vendor ships: timed by events in the device's own queue, operands
 * rotated beyond its cache, both sides turn by turn.
 *
 * <p>Read {@link org.xprompt4j.bench.gpu.GpuReport} first, then {@link org.xprompt4j.bench.gpu.GpuWork}.
 */
package org.xprompt4j.bench.gpu;
