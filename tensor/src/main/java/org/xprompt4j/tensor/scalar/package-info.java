/**
 * Every operation as plain loops: the definition that the fast backends are tested against, written for reading.
 *
 * <p>Each class is one operation, its header the formula and its source; sums run in float64. Read
 * {@link org.xprompt4j.tensor.scalar.Matmul} first, then {@link org.xprompt4j.tensor.scalar.Attention};
 * {@link org.xprompt4j.tensor.scalar.ScalarBackend} only forwards to them. Arguments were checked by the caller.
 */
package org.xprompt4j.tensor.scalar;
