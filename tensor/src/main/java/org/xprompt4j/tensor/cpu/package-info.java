/**
 * The CPU backend on the Vector API: one class per operation, over off-heap tensors, on one fixed pool of workers.
 *
 * <p>Read {@link org.xprompt4j.tensor.cpu.VectorBackend} for the list of operations, then {@link org.xprompt4j.tensor.cpu.Matmul};
 * {@link org.xprompt4j.tensor.cpu.Lanes} fixes the vector width and {@link org.xprompt4j.tensor.cpu.WorkerPool} the threads.
 */
package org.xprompt4j.tensor.cpu;
