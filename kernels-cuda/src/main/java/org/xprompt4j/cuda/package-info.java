/**
 * The CUDA backend: devices {@code cuda} (a GPU) and {@code ptx} (the emulator, no GPU needed). Found by
 * {@link java.util.ServiceLoader}; without this jar everything else runs on the CPU.
 *
 * <p>Read {@code CudaBackend} first, then one operation in {@link org.xprompt4j.cuda.kernel} with its {@code .cu} file.
 */
package org.xprompt4j.cuda;
