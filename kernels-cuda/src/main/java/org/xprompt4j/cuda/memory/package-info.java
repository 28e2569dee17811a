/**
 * Memory of a device: blocks, the pool that hands them out in stream order, what the host still knows of them, and what kernels
 * report back.
 *
 * <p>Read {@link org.xprompt4j.cuda.memory.DevicePool} first.
 */
package org.xprompt4j.cuda.memory;
