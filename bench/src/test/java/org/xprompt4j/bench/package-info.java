/** Tests of what the instruments share. Read {@link org.xprompt4j.bench.ArgumentsTest} first. */
package org.xprompt4j.bench;
