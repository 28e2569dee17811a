package org.xprompt4j.xprompt.edit;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.sprite.Sprite;
import org.xprompt4j.xprompt.wording.SpriteWords;

/** Something is put to one of nine places, the same in all pictures of a prompt to the pixel: nothing else could tell an answer where. */
final class Adding {
    private final Motifs motifs;

    Adding(Motifs motifs) {
        this.motifs = motifs;
    }

    Edit draw(Philox random) {
        Subject subject = motifs.subject(random);
        float size = Sizes.any(random);
        Place place = Place.values()[random.nextInt(Place.values().length)];
        float right = Sizes.shift(random);
        float down = Sizes.shift(random);
        boolean shadow = Draws.coin(random);
        return new WordedEdit(SpriteWords.add(subject.name(), place.words()), (photo, own) -> {
            int side = photo.width();
            Sprite sprite = subject.sized(size, side);
            int left = place.left(side - sprite.width(), Math.round(right * side));
            int top = place.top(side - sprite.height(), Math.round(down * side));
            return EditedPair.of(new Canvas(photo), new Canvas(photo).draw(sprite, left, top, shadow));
        });
    }
}
