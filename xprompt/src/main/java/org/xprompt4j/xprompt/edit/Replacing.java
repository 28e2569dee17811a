package org.xprompt4j.xprompt.edit;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.sprite.Sprite;
import org.xprompt4j.xprompt.wording.SpriteWords;

/** Another thing of the same size stands where the first one stood, about the same middle; where that is differs from picture to picture. */
final class Replacing {
    private final Motifs motifs;

    Replacing(Motifs motifs) {
        this.motifs = motifs;
    }

    Edit draw(Philox random) {
        Subject subject = motifs.subject(random);
        Subject other = motifs.other(subject, random);
        float size = Sizes.any(random);
        boolean shadow = Draws.coin(random);
        return new WordedEdit(SpriteWords.replace(subject.name(), other.name()), (photo, own) -> {
            Sprite before = subject.sized(size, photo.width());
            Sprite after = other.sized(size, photo.width());
            int room = Math.max(Math.max(before.width(), before.height()), Math.max(after.width(), after.height()));
            int left = Sizes.anywhere(photo.width() - room, own);
            int top = Sizes.anywhere(photo.height() - room, own);
            return EditedPair.of(centred(photo, before, left, top, room, shadow), centred(photo, after, left, top, room, shadow));
        });
    }

    /** In the middle of a square. */
    private static Canvas centred(Picture photo, Sprite sprite, int left, int top, int room, boolean shadow) {
        return new Canvas(photo).draw(sprite, left + (room - sprite.width()) / 2, top + (room - sprite.height()) / 2, shadow);
    }
}
