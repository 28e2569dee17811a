package org.xprompt4j.xprompt.data;

import org.xprompt4j.xprompt.picture.AreaShrink;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.Resample;

/**
 * 64 bits that nearly coincide for two copies of one photograph, whatever their size and compression: the picture is shrunk to
 * 9 x 8 grey pixels and each bit says whether a pixel is brighter than its right neighbour.
 */
final class DifferenceHash {
    private DifferenceHash() {}

    static long of(Picture picture) {
        Picture large = picture.width() >= 9 && picture.height() >= 8 ? picture
                : Resample.resize(picture, Math.max(9, picture.width()), Math.max(8, picture.height()),
                        Resample.Kernel.BICUBIC);
        Picture small = AreaShrink.resize(large, 9, 8);
        long bits = 0;
        for (int y = 0; y < 8; y++) {
            for (int x = 0; x < 8; x++) {
                bits = bits << 1 | (brightness(small, x, y) > brightness(small, x + 1, y) ? 1 : 0);
            }
        }
        return bits;
    }

    /** In how many of the 64 bits two hashes differ; 4 or less means the same photograph. */
    static int distance(long a, long b) {
        return Long.bitCount(a ^ b);
    }

    private static int brightness(Picture picture, int x, int y) {
        return 299 * picture.at(x, y, 0) + 587 * picture.at(x, y, 1) + 114 * picture.at(x, y, 2);
    }
}
