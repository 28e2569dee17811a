/**
 * Tensors, their memory and the record of what was computed with them.
 *
 * <p>Read {@link org.xprompt4j.tensor.Tensor} first, then {@link org.xprompt4j.tensor.MemoryScope},
 * {@link org.xprompt4j.tensor.Ops} (the fused operations as a program calls them),
 * {@link org.xprompt4j.tensor.Tape} (autograd) and {@link org.xprompt4j.tensor.Backend} (who runs them).
 */
package org.xprompt4j.tensor;
