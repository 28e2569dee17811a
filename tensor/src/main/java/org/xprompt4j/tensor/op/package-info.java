/**
 * Value objects of the fused operations: sizes, flags and constants, no data.
 *
 * <p>Read {@link org.xprompt4j.tensor.op.Epilogue} and {@link org.xprompt4j.tensor.op.AttentionMask} first.
 */
package org.xprompt4j.tensor.op;
