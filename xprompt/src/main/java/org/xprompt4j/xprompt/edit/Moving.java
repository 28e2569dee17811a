package org.xprompt4j.xprompt.edit;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.sprite.Sprite;
import org.xprompt4j.xprompt.wording.SpriteWords;

/** Something goes straight to one side of the picture, as far as there is room but a margin; it starts anywhere near the other side. */
final class Moving {
    /** Where to. */
    private enum Way {
        RIGHT("to the right", "to the left"), DOWN("to the bottom", "to the top"), LEFT("to the left", "to the right"), UP("to the top", "to the bottom");

        private final String words;
        private final String back;

        Way(String words, String back) {
            this.words = words;
            this.back = back;
        }

        boolean sideways() {
            return this == RIGHT || this == LEFT;
        }

        boolean far() {
            return this == RIGHT || this == DOWN;
        }
    }

    private static final int FAR = 2;            // step of Place#at
    private static final float START_ROOM = 0.4f; // of the free room, from the side that it leaves

    private final Motifs motifs;

    Moving(Motifs motifs) {
        this.motifs = motifs;
    }

    Edit draw(Philox random) {
        Subject subject = motifs.subject(random);
        float size = Sizes.moving(random);
        Way way = Way.values()[random.nextInt(Way.values().length)];
        float shift = Sizes.shift(random);
        boolean shadow = Draws.coin(random);
        return new WordedEdit(SpriteWords.move(subject.name(), way.words, way.back), (photo, own) -> {
            int side = photo.width();
            Sprite sprite = subject.sized(size, side);
            int along = side - (way.sideways() ? sprite.width() : sprite.height());
            int across = Sizes.anywhere(side - (way.sideways() ? sprite.height() : sprite.width()), own);
            int begin = Sizes.anywhere((int) (START_ROOM * along), own);
            int end = Place.at(way.far() ? FAR : 0, along, Math.round(shift * side));
            return EditedPair.of(at(new Canvas(photo), sprite, way, way.far() ? begin : along - begin, across, shadow),
                    at(new Canvas(photo), sprite, way, end, across, shadow));
        });
    }

    private static Canvas at(Canvas canvas, Sprite sprite, Way way, int along, int across, boolean shadow) {
        return way.sideways() ? canvas.draw(sprite, along, across, shadow) : canvas.draw(sprite, across, along, shadow);
    }
}
