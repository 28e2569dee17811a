/**
 * A virtual machine for PTX, in plain Java: the kernels that we ship, or anybody's, run on a machine without a GPU, with every access checked.
 *
 * <p>{@link org.xprompt4j.cuda.emulator.PtxModule#parse} reads PTX, {@link org.xprompt4j.cuda.emulator.PtxMachine} is a device: allocate, copyIn,
 * launch, copyOut; a {@link org.xprompt4j.cuda.emulator.PtxFault} tells what a kernel did wrong and where. {@code SaxpyExampleTest} shows it in
 * fifteen lines. Inside, read {@link org.xprompt4j.cuda.emulator.KernelTranslator} (text to basic blocks), then
 * {@link org.xprompt4j.cuda.emulator.Warp} (how they run).
 */
package org.xprompt4j.cuda.emulator;
