/**
 * Measuring: what every instrument of this module shares. The instruments live below, one package each.
 *
 * <p>Read {@link org.xprompt4j.bench.ForkedJvm} first: a figure is never judged by one virtual machine.
 */
package org.xprompt4j.bench;
