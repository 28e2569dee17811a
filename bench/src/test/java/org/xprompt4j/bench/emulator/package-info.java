/** Tests of the measurement of the PTX emulator. */
package org.xprompt4j.bench.emulator;
