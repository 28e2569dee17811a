package org.xprompt4j.xprompt.sprite;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.xprompt4j.tensor.InvalidInput;

/** Takes files by name out of a {@code .tgz} (POSIX ustar) without unpacking it. */
final class TarFiles {
    private static final int BLOCK = 512;
    private static final int NAME = 100;
    private static final int SIZE_AT = 124;
    private static final int SIZE_LENGTH = 12;
    private static final int PREFIX_AT = 345;
    private static final int PREFIX_LENGTH = 155;
    private static final long MOST_BYTES = 64 << 20; // of one file

    private TarFiles() {
    }

    /**
     * The wanted files; those that the archive does not hold are missing in the answer.
     *
     * @param wanted full names in the archive
     * @throws InvalidInput if it is damaged
     */
    static Map<String, byte[]> read(Path archive, Set<String> wanted) {
        Map<String, byte[]> found = new HashMap<>();
        try (InputStream in = new BufferedInputStream(new GZIPInputStream(Files.newInputStream(archive), 1 << 16))) {
            for (byte[] header = in.readNBytes(BLOCK); header.length == BLOCK && header[0] != 0; header = in.readNBytes(BLOCK)) {
                String prefix = text(header, PREFIX_AT, PREFIX_LENGTH);
                String name = (prefix.isEmpty() ? "" : prefix + "/") + text(header, 0, NAME);
                long size = Long.parseLong(text(header, SIZE_AT, SIZE_LENGTH).strip(), 8);
                if (size < 0 || size > MOST_BYTES) {
                    throw new InvalidInput(archive + ": " + name + " has " + size + " bytes, more than any file here should; fetch it again");
                }
                if (wanted.contains(name)) {
                    found.put(name, in.readNBytes((int) size));
                } else {
                    in.skipNBytes(size);
                }
                in.skipNBytes(Math.floorMod(-size, BLOCK));
            }
        } catch (IOException | NumberFormatException e) {
            throw new InvalidInput(archive + ": is not a whole archive (" + e.getMessage() + "); remove it, so that it is fetched again", e);
        }
        return found;
    }

    private static String text(byte[] header, int at, int length) {
        int end = at;
        while (end < at + length && header[end] != 0) {
            end++;
        }
        return new String(header, at, end - at, StandardCharsets.UTF_8);
    }
}
