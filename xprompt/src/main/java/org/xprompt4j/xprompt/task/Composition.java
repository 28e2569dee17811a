package org.xprompt4j.xprompt.task;

import java.util.List;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.Pixels;

/** Two different families one after the other: from n families, n (n - 1) more, each with all their parameters. */
public final class Composition implements Family {
    private final List<Family> families;

    /** @param families at least two, of maps that treat every pixel alike */
    public Composition(List<Family> families) {
        this.families = List.copyOf(families);
    }

    @Override
    public PixelMap draw(Philox random) {
        int i = random.nextInt(families.size());
        int j = random.nextInt(families.size() - 1);
        PixelMap first = families.get(i).draw(random);
        PixelMap second = families.get(j < i ? j : j + 1).draw(random);
        return (photo, r) -> {
            Pixels between = first.apply(photo, r).mapSamples((x, c) -> Math.clamp(x, 0f, 1f));
            return second.apply(between, r);
        };
    }
}
