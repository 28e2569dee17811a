package org.xprompt4j.xprompt.data;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.AreaShrink;
import org.xprompt4j.xprompt.picture.CentreCrop;
import org.xprompt4j.xprompt.picture.Picture;

/**
 * Squares for training and evaluation, drawn from a photograph: a random side, a random place, half of them mirrored, shrunk by area.
 * Crops with next to no contrast (sky, white background) are drawn again. A crop is a function of (seed, photograph, number).
 */
public final class Crops {
    private static final int TRIES = 8;
    /** Smallest standard deviation of luma, in grey levels of 255. */
    private static final double LEAST_CONTRAST = 12;

    private Crops() {}

    /**
     * @param source    where the photograph is
     * @param photo     its index there
     * @param crop      number of the crop
     * @param size      side of the result
     * @param seed      of the run
     * @return [size, size]
     */
    public static Picture draw(PhotoSource source, int photo, long crop, int size, long seed) {
        return draw(source.picture(photo), size, Draws.of(seed, "crop", source.photo(photo).key(), crop));
    }

    /** A square whose side is between the larger of {@code size} and 45 % of the shorter side, and the whole shorter side. */
    static Picture draw(Picture picture, int size, Philox random) {
        int shorter = Math.min(picture.width(), picture.height());
        if (shorter < size) {
            return CentreCrop.square(picture, size);   // enlarged
        }
        Picture best = null;
        double bestContrast = -1;
        for (int i = 0; i < TRIES && bestContrast < LEAST_CONTRAST; i++) {
            int least = Math.max(size, (int) (0.45 * shorter));
            int side = least + random.nextInt(shorter - least + 1);
            int x = random.nextInt(picture.width() - side + 1);
            int y = random.nextInt(picture.height() - side + 1);
            boolean mirrored = Draws.coin(random);
            Picture square = AreaShrink.resize(picture.crop(x, y, side, side), size, size);
            double contrast = contrast(square);
            if (contrast > bestContrast) {
                bestContrast = contrast;
                best = mirrored ? mirrored(square) : square;
            }
        }
        return best;
    }

    private static Picture mirrored(Picture picture) {
        int w = picture.width();
        byte[] in = picture.rgb();
        byte[] out = new byte[in.length];
        for (int i = 0; i < in.length / 3; i++) {
            int mirror = i / w * w + w - 1 - i % w;
            System.arraycopy(in, 3 * i, out, 3 * mirror, 3);
        }
        return new Picture(w, picture.height(), out);
    }

    /** Standard deviation of the mean of the channels. */
    private static double contrast(Picture picture) {
        byte[] rgb = picture.rgb();
        int n = rgb.length / 3;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < rgb.length; i += 3) {
            double v = ((rgb[i] & 0xFF) + (rgb[i + 1] & 0xFF) + (rgb[i + 2] & 0xFF)) / 3.0;
            sum += v;
            squares += v * v;
        }
        return Math.sqrt(Math.max(0, squares / n - sum / n * sum / n));
    }
}
