package org.xprompt4j.xprompt.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xprompt4j.tensor.file.JsonWriter;

/** A CLIP vocabulary by hand: 256 bytes, 256 bytes at the end of a word, 16 merges, two ends; 530 ids. */
public final class ClipVocabulary {
    private static final List<String> MERGES = List.of("r e", "t h", "th e</w>", "m o", "mo v", "re mov", "remov e</w>", "d o", "do g</w>", "re d</w>", "1 0",
            "! !", "!! !</w>", "\u00c3 \u00a9", "\u00c3 \u00a9</w>", "i t</w>");

    private ClipVocabulary() {
    }

    /** Writes both files to a folder. */
    public static void write(Path folder) throws IOException {
        Map<String, Object> vocabulary = new LinkedHashMap<>();
        for (String end : List.of("", "</w>")) {
            for (int b = 0; b < 256; b++) {
                vocabulary.put(ByteAlphabet.character(b) + end, vocabulary.size());
            }
        }
        MERGES.forEach(merge -> vocabulary.put(merge.replace(" ", ""), vocabulary.size()));
        vocabulary.put("<|startoftext|>", vocabulary.size());
        vocabulary.put("<|endoftext|>", vocabulary.size());
        Files.writeString(folder.resolve("vocab.json"), JsonWriter.compact(vocabulary));
        List<String> lines = new ArrayList<>(List.of("#version: 0.2"));
        lines.addAll(MERGES);
        Files.write(folder.resolve("merges.txt"), lines);
    }
}
