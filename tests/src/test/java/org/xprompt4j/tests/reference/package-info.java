/**
 * Every operation once more, in float64 over Java arrays and straight from its formula: what the backends are tested against.
 *
 * <p>Read {@link org.xprompt4j.tests.reference.ReferenceNorms} first for the style, then
 * {@link org.xprompt4j.tests.reference.Differences}, which turns any of them into a reference of its gradient.
 */
package org.xprompt4j.tests.reference;
