/**
 * The command line: exit codes, one-line errors, what goes to which stream, and the launcher. Most of it runs in fresh processes
 * ({@link org.xprompt4j.tests.cli.XpProcess}), the many malformed inputs within this one ({@link org.xprompt4j.tests.cli.XpCall}).
 * Read {@link org.xprompt4j.tests.cli.GenerationCommandsTest} first.
 */
package org.xprompt4j.tests.cli;
