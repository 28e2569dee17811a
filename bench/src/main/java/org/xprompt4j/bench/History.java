package org.xprompt4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.JsonWriter;

/** The file of JSON lines that every measurement is appended to; {@code xp bench report} reads it. */
public final class History {
    private final Path file; // null: nowhere
    private final Map<String, Object> machine = Machine.describe();

    private History(Path file) {
        this.file = file;
    }

    /**
     * The history of a run.
     *
     * @param file to append to; {@code none} for nowhere
     */
    public static History of(String file) {
        return new History(file.equals("none") ? null : Path.of(file));
    }

    /** Appends one line: which instrument, where and when, and the figures. */
    public void append(String tool, Map<String, Object> figures) {
        if (file == null) {
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("tool", tool);
        line.putAll(machine);
        line.putAll(figures);
        try {
            if (file.toAbsolutePath().getParent() != null) {
                Files.createDirectories(file.toAbsolutePath().getParent());
            }
            Files.writeString(file, JsonWriter.compact(line) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be written: " + e.getMessage());
        }
    }
}
