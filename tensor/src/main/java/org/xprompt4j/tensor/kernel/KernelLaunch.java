package org.xprompt4j.tensor.kernel;

/**
 * One launch and what it did.
 *
 * @param module PTX file, without folder
 * @param sharedBytes dynamic shared memory of a block
 */
public record KernelLaunch(String module, Dim3 grid, Dim3 block, int sharedBytes, LaunchReport report) {
}
