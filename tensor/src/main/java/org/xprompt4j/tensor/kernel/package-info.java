/**
 * Looking at GPU kernels without a GPU: what the command line asks of a module that can run them, and what it gets back.
 *
 * <p>{@link org.xprompt4j.tensor.kernel.KernelLab} is found by {@link java.util.ServiceLoader}; the CUDA module provides it over its PTX
 * machine. {@link org.xprompt4j.tensor.kernel.LaunchReport} says what a launch did, {@link org.xprompt4j.tensor.kernel.Roofline} how long a
 * stated GPU needs for it at least. Read {@link org.xprompt4j.tensor.kernel.KernelLab} first.
 */
package org.xprompt4j.tensor.kernel;
