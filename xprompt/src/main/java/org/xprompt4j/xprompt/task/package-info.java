/**
 * What a prompt can ask for: tasks with exact truth, made from photographs. A {@link org.xprompt4j.xprompt.task.Family} is one small
 * class; it draws its parameters once for a prompt, so that the example carries them and the query needs them.
 * {@link org.xprompt4j.xprompt.task.Task} gives it a name, a group and a side (trained or novel), and
 * {@link org.xprompt4j.xprompt.task.TaskRegistry} lists them all. Read {@link org.xprompt4j.xprompt.task.Task} first, then
 * {@link org.xprompt4j.xprompt.task.Duotone} as an example of a family and {@link org.xprompt4j.xprompt.task.Prompts} for the draws.
 */
package org.xprompt4j.xprompt.task;
