/**
 * The command line {@code xp}: one class a command, thin, over the classes that do the work.
 *
 * <p>Read {@link org.xprompt4j.xprompt.cli.Main} first: exit codes and the way of errors; then
 * {@link org.xprompt4j.xprompt.cli.CommonOptions}, which every command mixes in, and any command, such as
 * {@link org.xprompt4j.xprompt.cli.MaskCommand}.
 */
package org.xprompt4j.xprompt.cli;
