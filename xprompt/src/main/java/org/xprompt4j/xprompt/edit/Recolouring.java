package org.xprompt4j.xprompt.edit;

import java.util.ArrayList;
import java.util.List;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.sprite.DrawingStyle;
import org.xprompt4j.xprompt.sprite.Sprite;
import org.xprompt4j.xprompt.wording.ColourNames;
import org.xprompt4j.xprompt.wording.SpriteWords;

/**
 * Something takes another colour where it stands. Only colours are asked for that come out clearly: the mean colour of the result
 * has the name that the words say, that of the original another one.
 */
final class Recolouring {
    private static final List<String> COLOURS = List.of("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown");
    private static final float[] LIGHTS = {0.9f, 1, 1.1f};

    private final Motifs motifs;

    /** A drawing that was given a colour. */
    private record Coloured(Subject before, Subject after, String colour) {
    }

    Recolouring(Motifs motifs) {
        this.motifs = motifs;
    }

    Edit draw(Philox random) {
        Coloured chosen = null;
        while (chosen == null) { // most drawings take most colours, so this ends soon
            chosen = coloured(motifs.subject(random), random);
        }
        Coloured coloured = chosen;
        float size = Sizes.any(random);
        boolean shadow = Draws.coin(random);
        return new WordedEdit(SpriteWords.recolour(coloured.before.name(), coloured.colour), (photo, own) -> {
            Sprite before = coloured.before.sized(size, photo.width());
            Sprite after = coloured.after.sized(size, photo.width());
            int left = Sizes.anywhere(photo.width() - before.width(), own);
            int top = Sizes.anywhere(photo.height() - before.height(), own);
            return EditedPair.of(new Canvas(photo).draw(before, left, top, shadow), new Canvas(photo).draw(after, left, top, shadow));
        });
    }

    /** In the first colour, in an order drawn by chance, that comes out; null where none does. */
    private static Coloured coloured(Subject subject, Philox random) {
        String own = ColourNames.of(Tint.mean(subject.drawing()));
        List<String> left = new ArrayList<>(COLOURS);
        left.remove(own);
        while (!left.isEmpty()) {
            String colour = left.remove(random.nextInt(left.size()));
            Sprite tinted = Tint.of(subject.drawing(), subject.style() == DrawingStyle.LINE, ColourNames.typical(colour));
            if (isClearly(colour, Tint.mean(tinted))) {
                return new Coloured(subject, subject.with(tinted), colour);
            }
        }
        return null;
    }

    /** Has the name, and still has it a little darker or brighter. */
    private static boolean isClearly(String colour, float[] mean) {
        for (float light : LIGHTS) {
            float[] other = {Math.min(1, mean[0] * light), Math.min(1, mean[1] * light), Math.min(1, mean[2] * light)};
            if (!ColourNames.of(other).equals(colour)) {
                return false;
            }
        }
        return true;
    }
}
