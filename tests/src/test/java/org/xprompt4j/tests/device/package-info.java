/**
 * What happens between host and device: steps that are recorded and repeated, and how often the host waits.
 *
 * <p>Read {@link org.xprompt4j.tests.device.DecodeLoopTest} first. The counts come from the emulated driver, where they are exact.
 */
package org.xprompt4j.tests.device;
