package org.xprompt4j.xprompt.sprite;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code sprites.json}: what the sheets hold. Component names are the fields of the file.
 *
 * @param format 1
 * @param licence of the drawings
 * @param tile side of a tile in pixels
 * @param columns tiles in a row
 * @param packages where the drawings came from
 * @param sheets SHA-256 of each sheet's file, by the name of the drawing
 * @param motifs in the order of the tiles, row by row
 */
record SpriteManifest(int format, String licence, int tile, int columns, List<Source> packages, Map<String, String> sheets, List<Motif> motifs) {
    static final int FORMAT = 1;
    static final int MOST_MOTIFS = 512;
    private static final int LEAST_TILE = 8;
    private static final int MOST_TILE = 64;
    private static final int MOST_COLUMNS = 64;
    private static final String HASH = "[0-9a-f]{64}";

    /**
     * A package of npm.
     *
     * @param sha256 of its archive
     */
    record Source(String name, String version, String sha256) {
        Source {
            require(sha256.matches(HASH), "sha256 must be 64 hexadecimal digits");
        }
    }

    /**
     * One motif.
     *
     * @param name one to three plain words in lower case
     * @param label in emojibase-data
     * @param flat file of the drawing in its package, and so on for the others
     */
    record Motif(String name, String label, String flat, String modern, String line, String solid) {
        Motif {
            require(name.matches("[a-z]{1,20}( [a-z]{1,20}){0,2}"), "name must be one to three words of the letters a to z");
        }
    }

    SpriteManifest {
        require(format == FORMAT, "format must be " + FORMAT + ", is " + format);
        require(tile >= LEAST_TILE && tile <= MOST_TILE, "tile must be " + LEAST_TILE + " to " + MOST_TILE + ", is " + tile);
        require(columns >= 1 && columns <= MOST_COLUMNS, "columns must be 1 to " + MOST_COLUMNS + ", is " + columns);
        require(!motifs.isEmpty() && motifs.size() <= MOST_MOTIFS, "motifs must be 1 to " + MOST_MOTIFS + ", are " + motifs.size());
        for (DrawingStyle style : DrawingStyle.values()) {
            String hash = sheets.get(style.fileName());
            require(hash != null && hash.matches(HASH), "sheets must give for " + style.fileName() + " 64 hexadecimal digits, the SHA-256 of its file");
        }
        require(sheets.size() == DrawingStyle.values().length, "sheets must name four drawings and no more");
        Set<String> names = new HashSet<>();
        for (Motif motif : motifs) {
            require(motif != null && names.add(motif.name()), "motifs must name each motif once");
        }
        packages = List.copyOf(packages);
        motifs = List.copyOf(motifs);
        sheets = Collections.unmodifiableMap(new LinkedHashMap<>(sheets)); // in the order given, so that the same set is the same file
    }

    int rows() {
        return Math.ceilDiv(motifs.size(), columns);
    }

    private static void require(boolean held, String otherwise) {
        if (!held) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
