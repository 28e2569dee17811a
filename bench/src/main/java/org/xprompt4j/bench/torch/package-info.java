/**
 * Our engine beside PyTorch on the same work and machine.
 *
 * <p>Read {@link org.xprompt4j.bench.torch.TorchComparison} first.
 */
package org.xprompt4j.bench.torch;
