package org.xprompt4j.xprompt.edit;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.sprite.Sprite;
import org.xprompt4j.xprompt.wording.SpriteWords;

/** Something is put anywhere, in each picture elsewhere. Reversed, it has to be found and removed. */
final class Scattering {
    private final Motifs motifs;

    Scattering(Motifs motifs) {
        this.motifs = motifs;
    }

    Edit draw(Philox random) {
        Subject subject = motifs.subject(random);
        float size = Sizes.any(random);
        boolean shadow = Draws.coin(random);
        return new WordedEdit(SpriteWords.scatter(subject.name()), (photo, own) -> {
            Sprite sprite = subject.sized(size, photo.width());
            int left = Sizes.anywhere(photo.width() - sprite.width(), own);
            int top = Sizes.anywhere(photo.height() - sprite.height(), own);
            return EditedPair.of(new Canvas(photo), new Canvas(photo).draw(sprite, left, top, shadow));
        });
    }
}
