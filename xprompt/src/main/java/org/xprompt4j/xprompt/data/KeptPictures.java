package org.xprompt4j.xprompt.data;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.picture.Picture;

/** Decodes each photograph at most a few times and keeps it: about 500 KB each, 150 MB for a whole pack. */
final class KeptPictures {
    private final AtomicReferenceArray<Picture> pictures;
    private final IntFunction<Picture> decode;

    KeptPictures(int size, IntFunction<Picture> decode) {
        pictures = new AtomicReferenceArray<>(size);
        this.decode = decode;
    }

    /** The picture, checked against the size that its manifest promised. */
    Picture get(int i, Photo promised, String where) {
        Picture kept = pictures.get(i);
        if (kept == null) {
            kept = decode.apply(i);
            if (kept.width() != promised.width() || kept.height() != promised.height()) {
                throw new InvalidInput(where + ": \"" + promised.id() + "\" is " + kept.width() + " x " + kept.height() + ", its manifest says "
                        + promised.width() + " x " + promised.height() + "; prepare the data again");
            }
            pictures.set(i, kept);
        }
        return kept;
    }
}
