package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.wording.Wording;

/**
 * A task that asks for what a family makes of a photograph.
 *
 * @param name   as {@link Task#name}
 * @param group  as {@link Task#group}
 * @param novel  as {@link Task#novel}
 * @param family makes the output from the photograph
 */
public record FamilyTask(String name, String group, boolean novel, Family family) implements Task {
    @Override
    public Instance draw(Philox parameters) {
        PixelMap map = family.draw(parameters);
        return new Instance() {
            @Override
            public Pair make(Picture photo, Philox random) {
                return new Pair(photo, map.apply(photo.pixels(), random).picture());
            }

            @Override
            public Wording wording() {
                return map.wording();
            }
        };
    }
}
