package org.xprompt4j.xprompt.sprite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** {@code motifs.txt}: which motifs the set has, in its order. Ours, so a fault in it is a bug. */
final class MotifList {
    private static final String RESOURCE = "motifs.txt";

    /**
     * One line.
     *
     * @param name what instructions call it
     * @param label what emojibase-data calls it
     */
    record Entry(String name, String label) {
    }

    private MotifList() {
    }

    static List<Entry> load() {
        try (InputStream in = MotifList.class.getResourceAsStream(RESOURCE)) {
            List<Entry> entries = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] parts = line.split(" = ");
                    entries.add(new Entry(parts[0], parts[parts.length - 1]));
                }
            }
            return entries;
        } catch (IOException e) {
            throw new IllegalStateException("the resource " + RESOURCE + " cannot be read", e);
        }
    }
}
