package org.xprompt4j.xprompt.edit;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.sprite.DrawingStyle;
import org.xprompt4j.xprompt.wording.SpriteWords;

/**
 * One large thing, in each picture another one, is drawn in another way. The ground is plain or the photograph. Shaded and solid
 * drawings look so much alike at this size that nobody is asked to turn one into the other.
 */
final class Restyling {
    private static final float LEAST_TILE = 0.76f; // drawings fill nine tenths of their tiles
    private static final float MOST_TILE = 0.88f;
    private static final int LEAST_LIGHT = 100;    // of the colour of a plain ground, of 255

    private final Motifs motifs;

    Restyling(Motifs motifs) {
        this.motifs = motifs;
    }

    Edit draw(Philox random) {
        DrawingStyle from = motifs.style(random);
        DrawingStyle to = motifs.style(random);
        while (from == to || shaded(from) && shaded(to)) {
            from = motifs.style(random);
            to = motifs.style(random);
        }
        boolean plain = Draws.coin(random);
        DrawingStyle before = from;
        DrawingStyle after = to;
        return new WordedEdit(SpriteWords.style(before.words(), after.words()), (photo, own) -> {
            String name = motifs.name(own);
            int side = photo.width();
            int tile = Math.max(1, Math.round(side * own.nextFloat(LEAST_TILE, MOST_TILE)));
            int left = Math.clamp((side - tile) / 2 + Math.round(Sizes.shift(own) * side), 0, side - tile);
            int top = Math.clamp((side - tile) / 2 + Math.round(Sizes.shift(own) * side), 0, side - tile);
            Picture ground = plain ? Picture.filled(side, side, light(own) << 16 | light(own) << 8 | light(own)) : photo;
            return EditedPair.of(new Canvas(ground).draw(motifs.tile(name, before).resized(tile, tile), left, top, false),
                    new Canvas(ground).draw(motifs.tile(name, after).resized(tile, tile), left, top, false));
        });
    }

    private static boolean shaded(DrawingStyle style) {
        return style == DrawingStyle.MODERN || style == DrawingStyle.SOLID;
    }

    private static int light(Philox random) {
        return LEAST_LIGHT + random.nextInt(256 - LEAST_LIGHT);
    }
}
