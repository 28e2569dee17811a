package org.xprompt4j.xprompt.retrieval;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.Json;

/**
 * {@code pairs.jsonl}: one JSON object a line with {@code before} and {@code after} (picture files, relative to the file or absolute),
 * {@code instruction} and, if wanted, an {@code id}. Empty lines are allowed. Lines that repeat an earlier one are counted and left out.
 */
public final class PairLines {
    private static final int LONGEST_LINE = 1 << 16; // bytes
    private static final int LONGEST_PATH = 4096; // characters
    private static final Set<String> FIELDS = Set.of("id", "before", "after", "instruction");

    private final Path file;
    private final Path base; // what relative paths start from
    private final List<EditPair> pairs = new ArrayList<>();
    private final Map<String, Integer> lineOf = new HashMap<>(); // by id
    private final boolean checked;
    private int repeats;

    private PairLines(Path file, boolean checked) {
        this.file = file;
        this.base = file.toAbsolutePath().getParent();
        this.checked = checked;
    }

    /**
     * Reads a file and checks that the pictures are there.
     *
     * @throws InvalidInput naming file, line and field
     */
    public static PairList read(Path file) {
        return read(file, true);
    }

    /**
     * Reads a file.
     *
     * @param checked looks whether the pictures are there
     * @throws InvalidInput naming file, line and field
     */
    public static PairList read(Path file, boolean checked) {
        return new PairLines(file, checked).read();
    }

    private PairList read() {
        if (Files.exists(file) && !Files.isRegularFile(file)) { // reading a pipe or a device might never end
            throw new InvalidInput(file + ": is not a file");
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), LONGEST_LINE)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int number = 1;
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b == '\n') {
                    take(line.toByteArray(), number++);
                    line.reset();
                } else {
                    if (line.size() == LONGEST_LINE) {
                        throw new InvalidInput(at(number) + ": is longer than " + LONGEST_LINE + " bytes; one pair stands on a line");
                    }
                    line.write(b);
                }
            }
            take(line.toByteArray(), number);
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
        if (pairs.isEmpty()) {
            throw new InvalidInput(file + ": holds no pair; write one JSON object with before, after and instruction a line");
        }
        return new PairList(pairs, repeats);
    }

    private String at(int number) {
        return file + ", line " + number;
    }

    private void take(byte[] line, int number) {
        if (isBlank(line)) {
            return;
        }
        Json json = Json.parse(line, at(number));
        if (!json.isObject()) {
            throw json.fault("must be an object with before, after and instruction");
        }
        for (String field : json.fields()) {
            if (!FIELDS.contains(field)) {
                throw json.get(field).fault("is not known; known are id, before, after and instruction");
            }
        }
        Path before = picture(json.get("before"));
        Path after = picture(json.get("after"));
        String instruction = EditPair.instruction(json.string("instruction"));
        if (instruction == null) {
            throw json.get("instruction").fault("must be words, at most " + EditPair.MOST_WORDS + " characters without control characters");
        }
        boolean named = json.has("id");
        String id = named ? json.string("id") : EditPair.idOf(json.string("before"), json.string("after"), instruction);
        if (!EditPair.isId(id)) {
            throw json.get("id").fault("must be 1 to 128 letters, digits, dots, dashes and underscores, not starting with a dot or dash");
        }
        EditPair pair = new EditPair(id, before, after, instruction);
        Integer earlier = lineOf.putIfAbsent(id, number);
        if (earlier == null) {
            if (pairs.size() == PairList.MOST_PAIRS) {
                throw new InvalidInput(at(number) + ": is one more than the " + PairList.MOST_PAIRS + " pairs of an index; split the list");
            }
            pairs.add(pair);
        } else if (named) {
            throw json.get("id").fault("is that of line " + earlier + " too; ids must differ");
        } else {
            repeats++;
        }
    }

    private Path picture(Json field) {
        String text = field.asString();
        if (text.isEmpty() || text.length() > LONGEST_PATH) {
            throw field.fault("must be the path of a picture, at most " + LONGEST_PATH + " characters");
        }
        try {
            Path path = base.resolve(text);
            return checked ? PairList.requirePicture(path, field.source() + ": " + field.path()) : path;
        } catch (InvalidPathException e) {
            throw new InvalidInput(field.source() + ": " + field.path() + " is no path of a file", e);
        }
    }

    private static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }
}
