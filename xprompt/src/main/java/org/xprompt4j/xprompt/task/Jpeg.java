package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.PictureReader;
import org.xprompt4j.xprompt.picture.PictureWriter;

/** JPEG at quality 5 to 25. Reversed it removes the blocks. */
public final class Jpeg implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float quality = random.nextFloat(0.05f, 0.25f);
        return (photo, r) -> PictureReader.decode(PictureWriter.jpeg(photo.picture(), quality), "JPEG task").pixels();
    }
}
