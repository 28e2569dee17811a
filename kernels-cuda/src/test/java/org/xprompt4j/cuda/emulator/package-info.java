/** Tests of the PTX machine; {@link org.xprompt4j.cuda.emulator.SaxpyExampleTest} is the example to begin with. */
package org.xprompt4j.cuda.emulator;
