/**
 * How many instructions a second the PTX emulator executes on kernels that are shipped.
 *
 * <p>Read {@link org.xprompt4j.bench.emulator.EmulatorSpeed} first, then {@link org.xprompt4j.bench.emulator.EmulatorFork}.
 */
package org.xprompt4j.bench.emulator;
