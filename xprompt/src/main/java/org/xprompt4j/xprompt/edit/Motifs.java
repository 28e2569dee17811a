package org.xprompt4j.xprompt.edit;

import java.util.List;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.sprite.DrawingStyle;
import org.xprompt4j.xprompt.sprite.Sprite;
import org.xprompt4j.xprompt.sprite.SpriteSet;

/** The motifs that one side of the split may use, and what is drawn of them by chance. */
final class Motifs {
    private final SpriteSet set;
    private final List<String> names;

    /** Training and validation share their motifs; those of tests stand apart. */
    Motifs(SpriteSet set, Split split) {
        this.set = set;
        names = set.names().stream().filter(name -> SpriteSet.split(name) == Split.TEST == (split == Split.TEST)).toList();
        if (names.size() < 2) {
            throw new InvalidInput("sprites: hold " + names.size() + " motifs of split " + split + ", at least 2 are needed; make the set again with: "
                    + "xp data sprites --out DIR");
        }
    }

    String name(Philox random) {
        return names.get(random.nextInt(names.size()));
    }

    DrawingStyle style(Philox random) {
        DrawingStyle[] styles = DrawingStyle.values();
        return styles[random.nextInt(styles.length)];
    }

    Subject subject(Philox random) {
        String name = name(random);
        return subject(name, style(random));
    }

    /** Another motif in the same drawing. */
    Subject other(Subject than, Philox random) {
        int at = random.nextInt(names.size() - 1);
        int taken = names.indexOf(than.name());
        return subject(names.get(at < taken ? at : at + 1), than.style());
    }

    private Subject subject(String name, DrawingStyle style) {
        return new Subject(name, style, set.tile(name, style).trimmed());
    }

    /** With its border, so that drawings of a motif lie over each other. */
    Sprite tile(String name, DrawingStyle style) {
        return set.tile(name, style);
    }
}
