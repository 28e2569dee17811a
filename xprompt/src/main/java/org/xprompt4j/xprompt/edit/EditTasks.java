package org.xprompt4j.xprompt.edit;

import java.util.ArrayList;
import java.util.List;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.sprite.SpriteSet;
import org.xprompt4j.xprompt.task.Reversed;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.task.TaskRegistry;

/**
 * The edits as tasks: {@code add}, {@code remove}, {@code replace}, {@code recolour}, {@code move}, {@code style}. A prompt's pairs
 * share what an answer cannot see in its input (motif, drawing, target place, size, colour, direction); what it can see there (photograph,
 * where the thing stands now) differs from picture to picture. Unlike the tasks of {@link org.xprompt4j.xprompt.task.TaskRegistry}
 * they need a set of drawings; {@link #besideOthers} joins both lists.
 */
public final class EditTasks {
    /** Names of the edits, in the order of the tables. */
    public static final List<String> NAMES = List.of("add", "remove", "replace", "recolour", "move", "style");

    private EditTasks() {
    }

    /** Every task: those that need no drawings, then the edits, see {@link #of}. */
    public static List<Task> besideOthers(SpriteSet sprites, Split split) {
        List<Task> tasks = new ArrayList<>(TaskRegistry.all());
        tasks.addAll(of(sprites, split));
        return tasks;
    }

    /**
     * The edits with the motifs of one side of the split; training and validation share theirs.
     *
     * @throws InvalidInput when the set has fewer than two motifs there
     */
    public static List<Task> of(SpriteSet sprites, Split split) {
        Motifs motifs = new Motifs(sprites, split);
        return List.of(new EditTask("add", new Adding(motifs)::draw), new Reversed("remove", new EditTask("un-remove", new Scattering(motifs)::draw)),
                new EditTask("replace", new Replacing(motifs)::draw), new EditTask("recolour", new Recolouring(motifs)::draw),
                new EditTask("move", new Moving(motifs)::draw), new EditTask("style", new Restyling(motifs)::draw));
    }
}
