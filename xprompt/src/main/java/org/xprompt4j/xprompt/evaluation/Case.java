package org.xprompt4j.xprompt.evaluation;

import java.util.EnumMap;
import java.util.Map;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.task.Task;

/**
 * One query and what came of it.
 *
 * @param task what is to be done
 * @param photo index of the query's photograph; crops of one photograph are not independent
 * @param example the worked pair
 * @param job the query and the right answer
 * @param reconstruction the right answer as the tokenizer gives it back: the ceiling of any answer
 * @param answers one for each context mode
 */
public record Case(Task task, int photo, Task.Pair example, Task.Pair job, Picture reconstruction, Map<ContextMode, Picture> answers) {
    /** Keeps a copy of the answers. */
    public Case {
        answers = new EnumMap<>(answers);
    }
}
