/**
 * The works, one class an operation: operands, what must be done at least, the comparison that comes before timing, the same work's
 * name in PyTorch.
 *
 * <p>Read {@link org.xprompt4j.bench.gpu.work.GpuWorks} first.
 */
package org.xprompt4j.bench.gpu.work;
