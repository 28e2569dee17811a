/**
 * The command line in fresh processes: exit codes, one-line errors, what goes to which stream, and the launcher.
 * Read {@link org.xprompt4j.tests.cli.XpProcess} first, then {@link org.xprompt4j.tests.cli.CommandLineTest}.
 */
package org.xprompt4j.tests.cli;
