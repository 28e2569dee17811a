/**
 * The operations on a device: one class for each, of the operation's name, beside its kernel in {@code src/main/cuda}. A class
 * chooses kernel and launch shape; the kernel computes.
 *
 * <p>Read {@link org.xprompt4j.cuda.kernel.Launch} and {@link org.xprompt4j.cuda.kernel.Elementwise} first.
 */
package org.xprompt4j.cuda.kernel;
