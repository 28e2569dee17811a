/**
 * Gradients of every differentiable operation as programs see them: through {@link org.xprompt4j.tensor.Ops} and
 * {@link org.xprompt4j.tensor.Tape}, against central differences of float64 references.
 *
 * <p>Read {@link org.xprompt4j.tests.gradient.GradientCheck} first.
 */
package org.xprompt4j.tests.gradient;
