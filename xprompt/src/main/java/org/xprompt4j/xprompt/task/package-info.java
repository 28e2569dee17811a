/**
 * Tasks: what happens to a photograph between input and output, with exact truth. A {@link org.xprompt4j.xprompt.task.Family} is one
 * small class; it draws its parameters once for a prompt, so that the example carries them and the query needs them.
 *
 * <p>Read {@link org.xprompt4j.xprompt.task.Task} first, then {@link org.xprompt4j.xprompt.task.Duotone} as an example of a family, and
 * {@link org.xprompt4j.xprompt.task.TaskRegistry}, which lists all tasks and says which are novel.
 */
package org.xprompt4j.xprompt.task;
