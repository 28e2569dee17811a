/**
 * The CUDA driver API behind a thin seam, so that the same backend runs on a GPU and on the emulator.
 *
 * <p>Read {@link org.xprompt4j.cuda.driver.CudaDriver} first, then {@link org.xprompt4j.cuda.driver.KernelArguments}. Nothing
 * else in this module knows JCuda.
 */
package org.xprompt4j.cuda.driver;
