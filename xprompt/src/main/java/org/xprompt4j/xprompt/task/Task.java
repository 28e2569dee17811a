package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.Picture;

/**
 * Something that an example can ask for. From a photograph a task makes a pair: the question and its exact answer.
 * All pairs of one prompt follow one {@link Rule}, whose parameters are drawn once.
 */
public interface Task {
    /** Unique, lower case, one or two words. */
    String name();

    /** The kind of task, for tables: colour, tone, style, structure, geometry, restoration. */
    String group();

    /** Whether it is kept out of training, with its whole family, to see what the model does with what it never saw. */
    boolean novel();

    /** Fixes the parameters for one prompt. */
    Rule rule(Philox random);

    /** A task that asks for the changed photograph. */
    static Task of(String name, String group, boolean novel, Family family) {
        return new OfFamily(name, group, novel, family);
    }

    /** A task that asks for the photograph back: denoising is noise reversed. */
    static Task undo(String name, String group, boolean novel, Family family) {
        return new Reversed(name, new OfFamily(name, group, novel, family));
    }

    /** From the photograph to what a family makes of it. */
    record OfFamily(String name, String group, boolean novel, Family family) implements Task {
        @Override
        public Rule rule(Philox parameters) {
            PixelMap map = family.draw(parameters);
            return (Picture photo, Philox random) -> new Pair(photo, map.apply(photo.pixels(), random).picture());
        }
    }
}
