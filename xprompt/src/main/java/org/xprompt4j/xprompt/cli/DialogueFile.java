package org.xprompt4j.xprompt.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.xprompt4j.tensor.InvalidInput;

/**
 * A dialogue as a text file: lines of words, pictures on lines of their own, turns parted by {@code ---}.
 *
 * <pre>
 * what is it?
 * ![](scene.png)
 * ---
 * a red circle above a blue square
 * ---
 * make the circle green
 * </pre>
 *
 * {@code <image: scene.png>} is a picture too; its place is relative to the file. Questions and answers alternate, a question is last. A
 * backslash in front makes any of these lines words. Blank lines at the ends of a stretch of words are left out.
 *
 * @param source the file, for messages
 * @param turns pieces of each turn, none of them empty
 */
record DialogueFile(String source, List<List<Piece>> turns) {
    /** What a turn is made of. */
    sealed interface Piece {
        /** Number of its (first) line, from 1. */
        int line();

        /** Words, lines between line feeds. */
        record Said(String text, int line) implements Piece {
        }

        /** A picture. */
        record Shown(Path file, int line) implements Piece {
        }
    }

    private static final int MOST_BYTES = 1 << 20;
    private static final String STANDARD_INPUT = "-";
    private static final Pattern PICTURE = Pattern.compile("!\\[[^\\]]*\\]\\(([^)]*)\\)|<image:([^>]*)>");
    private static final String END_OF_TURN = "---";

    /**
     * Reads a dialogue.
     *
     * @param name file, or {@code -} for standard input, whose pictures lie in the working folder
     * @throws InvalidInput naming file and line
     */
    static DialogueFile read(String name) {
        if (name.equals(STANDARD_INPUT)) {
            return parse(bytes(System.in, "standard input"), "standard input", Path.of(""));
        }
        Path file = Path.of(name);
        if (!Files.isRegularFile(file)) {
            throw new InvalidInput(file + ": no such file; a dialogue is a text file, see 'xp chat --help'");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return parse(bytes(in, name), name, file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static byte[] bytes(InputStream in, String source) {
        try {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new InvalidInput(source + ": has more than 1 MB (" + MOST_BYTES + " bytes); the positions of a model end at some thousands of tokens, shorten it");
            }
            return bytes;
        } catch (IOException e) {
            throw new InvalidInput(source + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** The dialogue of these bytes; pictures lie relative to {@code folder}. */
    static DialogueFile parse(byte[] bytes, String source, Path folder) {
        String text = decoded(bytes, source);
        List<List<Piece>> turns = new ArrayList<>();
        List<Piece> turn = new ArrayList<>();
        StringBuilder said = new StringBuilder();
        int saidFrom = 1;
        int number = 0;
        for (String written : text.split("\\R", -1)) {
            number++;
            String line = written.strip();
            Matcher picture = PICTURE.matcher(line);
            if (line.equals(END_OF_TURN)) {
                say(turn, said, saidFrom);
                turns.add(finished(turn, source, number));
                turn = new ArrayList<>();
            } else if (picture.matches()) {
                say(turn, said, saidFrom);
                turn.add(new Piece.Shown(place(picture, folder, source, number), number));
            } else {
                if (said.isEmpty()) {
                    saidFrom = number;
                }
                said.append(isEscaped(line) ? written.replaceFirst("\\\\", "") : written).append('\n');
            }
        }
        say(turn, said, saidFrom);
        turns.add(finished(turn, source, number));
        if (turns.size() % 2 == 0) {
            throw new InvalidInput(source + ": has " + turns.size() + " turns; questions and answers alternate and a question is last, so their number must be odd");
        }
        return new DialogueFile(source, turns);
    }

    private static boolean isEscaped(String line) {
        return line.startsWith("\\") && (line.substring(1).equals(END_OF_TURN) || PICTURE.matcher(line.substring(1)).matches());
    }

    private static String decoded(byte[] bytes, String source) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(in).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text; // the mark that some editors put in front
        } catch (CharacterCodingException e) {
            String before = new String(bytes, 0, in.position(), StandardCharsets.UTF_8);
            long line = 1 + before.chars().filter(c -> c == '\n').count();
            throw new InvalidInput(source + ": line " + line + " is no UTF-8 (byte " + in.position() + String.format(", 0x%02X", bytes[in.position()])
                    + "); save the file as UTF-8", e);
        }
    }

    private static void say(List<Piece> turn, StringBuilder said, int from) {
        String text = said.toString().strip();
        if (!text.isEmpty()) {
            turn.add(new Piece.Said(text, from));
        }
        said.setLength(0);
    }

    private static List<Piece> finished(List<Piece> turn, String source, int line) {
        if (turn.isEmpty()) {
            throw new InvalidInput(source + ": the turn that ends in line " + line + " is empty; write words or a picture there"
                    + (line > 1 ? ", or remove a '" + END_OF_TURN + "'" : ""));
        }
        return List.copyOf(turn);
    }

    private static Path place(Matcher picture, Path folder, String source, int line) {
        String name = (picture.group(1) != null ? picture.group(1) : picture.group(2)).strip();
        if (name.isEmpty()) {
            throw new InvalidInput(source + ": line " + line + " names no picture; write ![](picture.png)");
        }
        try {
            Path file = folder.resolve(name);
            if (!Files.isRegularFile(file)) {
                throw new InvalidInput(source + ": line " + line + ": " + name + ": no such picture in " + (folder.toString().isEmpty() ? "the working folder" : folder));
            }
            return file;
        } catch (InvalidPathException e) {
            throw new InvalidInput(source + ": line " + line + ": " + name + " is no name of a file", e);
        }
    }

    /** Number of pictures. */
    long pictures() {
        return turns.stream().flatMap(List::stream).filter(piece -> piece instanceof Piece.Shown).count();
    }
}
