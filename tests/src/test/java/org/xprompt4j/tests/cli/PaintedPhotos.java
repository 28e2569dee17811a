package org.xprompt4j.tests.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureWriter;

/** Pictures of coloured blocks, and a folder of them with a manifest as {@code xp data prepare} writes it. */
public final class PaintedPhotos {
    private static final List<String> SPLITS = List.of("train", "validation", "test");
    private static final int PHOTOS = 12; // the splits in turns
    private static final int SIDE = 24;
    private static final int BLOCK = 6;

    private PaintedPhotos() {
    }

    /** A picture that follows from the number. */
    public static Picture picture(int number) {
        byte[] rgb = new byte[3 * SIDE * SIDE];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                Philox block = new Philox(number, x / BLOCK + 16L * (y / BLOCK));
                for (int c = 0; c < 3; c++) {
                    rgb[3 * (y * SIDE + x) + c] = (byte) block.nextInt(256);
                }
            }
        }
        return new Picture(SIDE, SIDE, rgb);
    }

    /** Writes picture {@code number} as a PNG. */
    public static Path write(Path file, int number) {
        PictureWriter.write(picture(number), file);
        return file;
    }

    /** Writes a folder of photographs for {@code --photos}. */
    public static Path folder(Path folder) throws IOException {
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < PHOTOS; i++) {
            write(folder.resolve("p" + i + ".png"), i);
            entries.add(String.format(Locale.ROOT, "{\"id\": \"painted:%d\", \"package\": \"painted 1\", \"path\": \"p%d\", \"author\": \"nobody\", "
                    + "\"licence\": \"CC0-1.0\", \"source\": \"none\", \"sha256\": \"%016x%048d\", \"group\": \"g%d\", \"split\": \"%s\", "
                    + "\"caption\": \"blocks\", \"width\": %d, \"height\": %d, \"file\": \"p%d.png\"}",
                    i, i, 0x9E3779B97F4A7C15L * (i + 1), 0, i, SPLITS.get(i % SPLITS.size()), SIDE, SIDE, i));
        }
        Files.writeString(folder.resolve("manifest.json"), "{\"format\": 1, \"photos\": [\n" + String.join(",\n", entries) + "\n]}\n");
        return folder;
    }
}
