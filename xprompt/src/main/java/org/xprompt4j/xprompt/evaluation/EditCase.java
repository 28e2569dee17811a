package org.xprompt4j.xprompt.evaluation;

import java.util.EnumMap;
import java.util.Map;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.task.Task;

/**
 * One edit asked for in words and what came of it.
 *
 * @param query what was asked
 * @param found the example that was retrieved
 * @param example its pictures
 * @param answers one for each column
 * @param scores of the answers
 */
public record EditCase(EditQuery query, ExamplePool.Entry found, Task.Pair example, Map<EditColumn, Picture> answers, Map<EditColumn, EditScores> scores) {
    /** Keeps copies of the maps. */
    public EditCase {
        answers = new EnumMap<>(answers);
        scores = new EnumMap<>(scores);
    }
}
