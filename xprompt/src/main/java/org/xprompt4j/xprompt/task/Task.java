package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.wording.Wording;

/**
 * A family of picture pairs. Its parameters are drawn once for a prompt and shared by example and query, so the example carries
 * the information; what differs from picture to picture (noise, rain, the place of a hole) is drawn for each pair.
 */
public interface Task {
    /** Short name in lower case with dashes, as in configurations and reports: {@code duotone}, {@code low-light}. */
    String name();

    /** The kind of task: tone, colour, restoration, drawing, geometry ... */
    String group();

    /** True when no training ever sees this family. */
    boolean novel();

    /** Draws the parameters that a prompt's pairs share. */
    Instance draw(Philox parameters);

    /** True when there are words for it; there are for all of its parameters or for none. */
    default boolean hasWords() {
        return draw(Draws.of(0, "has words " + name())).wording() != null;
    }

    /** A task with its parameters. */
    @FunctionalInterface
    interface Instance {
        /**
         * Makes a pair from a photograph.
         *
         * @param photo square, as large as the pictures of the prompt
         * @param random what is drawn for this picture alone
         */
        Pair make(Picture photo, Philox random);

        /** What is said of this task with these parameters; null where it has no words. */
        default Wording wording() {
            return null;
        }
    }

    /**
     * Exact truth.
     *
     * @param input what is shown
     * @param output what it must become; same size
     */
    record Pair(Picture input, Picture output) {
    }
}
