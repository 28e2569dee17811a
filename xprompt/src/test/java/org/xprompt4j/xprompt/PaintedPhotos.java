package org.xprompt4j.xprompt;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Photo;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.picture.Picture;

/** Pictures made of coloured blocks, in memory: four of each split, in turns. */
public final class PaintedPhotos implements PhotoSource {
    private static final int EACH = 4;
    private static final int SIDE = 24;

    private final List<Photo> photos = new ArrayList<>();

    public PaintedPhotos() {
        for (int i = 0; i < EACH * Split.values().length; i++) {
            String name = "painted:" + i;
            photos.add(new Photo(name, "painted 1", name, "nobody", "CC0-1.0", "none", String.format(Locale.ROOT, "%016x%048d", 0x9E3779B97F4A7C15L * (i + 1), 0),
                    name, Split.values()[i % Split.values().length], name, SIDE, SIDE));
        }
    }

    @Override
    public int size() {
        return photos.size();
    }

    @Override
    public Photo photo(int i) {
        return photos.get(i);
    }

    @Override
    public Picture picture(int i) {
        byte[] rgb = new byte[3 * SIDE * SIDE];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                Philox block = new Philox(i, x / 6 + 16L * (y / 6));
                for (int c = 0; c < 3; c++) {
                    rgb[3 * (y * SIDE + x) + c] = (byte) block.nextInt(256);
                }
            }
        }
        return new Picture(SIDE, SIDE, rgb);
    }

    @Override
    public String fingerprint() {
        return "painted";
    }
}
