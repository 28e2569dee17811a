/**
 * Tests that cross modules: the contract of the backends, gradients, golden parity, the layering, end-to-end runs.
 *
 * <p>Read {@link org.xprompt4j.tests.Closeness} first: how float32 results are compared with float64 references. The references
 * themselves are in {@code reference}, the suites in {@code contract} and {@code gradient}.
 */
package org.xprompt4j.tests;
