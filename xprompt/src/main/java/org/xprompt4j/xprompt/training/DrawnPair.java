package org.xprompt4j.xprompt.training;

import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.wording.Wording;

/**
 * A pair with what is said of it.
 *
 * @param pictures exact truth
 * @param wording of the task with these parameters; null where it has no words
 */
record DrawnPair(Task.Pair pictures, Wording wording) {
}
