/**
 * Tasks: what happens to a photograph between input and output, with exact truth.
 *
 * <p>Read {@link org.xprompt4j.xprompt.task.Task} first, then {@link org.xprompt4j.xprompt.task.TaskRegistry}.
 */
package org.xprompt4j.xprompt.task;
