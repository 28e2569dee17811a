package org.xprompt4j.xprompt.picture;

import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.picture.Resample.Kernel;

/**
 * How any picture becomes the square that the image tokenizer takes, exactly as Meta's {@code image_tokenizer.py}: the shorter
 * side to the target size with Lanczos (Python's {@code round}, half to even), then the centre with floor offsets.
 */
public final class CentreCrop {
    private CentreCrop() {}

    /** @return [size, size] centre of the picture */
    public static Picture square(Picture picture, int size) {
        double scale = (double) size / Math.min(picture.width(), picture.height());
        if (scale * Math.max(picture.width(), picture.height()) > 1 << 30) {
            throw new InvalidInput("a picture of " + picture.width() + " x " + picture.height() + " is too thin a strip for a square of "
                    + size + "; cut it to shape first");
        }
        int width = (int) Math.rint(scale * picture.width());
        int height = (int) Math.rint(scale * picture.height());
        return Resample.resize(picture, width, height, Kernel.LANCZOS, (width - size) / 2, (height - size) / 2, size, size);
    }

    /** The largest centre square, not resized. */
    public static Picture largestSquare(Picture picture) {
        int side = Math.min(picture.width(), picture.height());
        return picture.crop((picture.width() - side) / 2, (picture.height() - side) / 2, side, side);
    }
}
