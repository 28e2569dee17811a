package org.xprompt4j.xprompt.retrieval;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.xprompt4j.tensor.InvalidInput;

/**
 * Pairs as files of a folder and the folders in it: {@code NAME-before.png}, {@code NAME-after.png} and {@code NAME.txt} with the
 * instruction. Pictures may be of any kind that is read; other files are passed over.
 */
final class PairFiles {
    private static final Pattern PICTURE = Pattern.compile("(.+)-(before|after)\\.(?:png|jpe?g|webp|gif|bmp|tiff?)", Pattern.CASE_INSENSITIVE);
    private static final int DEEPEST = 16;
    private static final long LONGEST_TEXT = 1 << 14; // bytes

    private PairFiles() {
    }

    /** The two pictures of a name. */
    private static final class Pictures {
        private Path before;
        private Path after;
    }

    /** @throws InvalidInput naming a file that lacks its partner or its words */
    static PairList read(Path folder) {
        Map<Path, Pictures> found = new TreeMap<>(); // by folder and name
        try (Stream<Path> files = Files.walk(folder, DEEPEST)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                Matcher name = PICTURE.matcher(file.getFileName().toString());
                if (name.matches()) {
                    Pictures pictures = found.computeIfAbsent(file.resolveSibling(name.group(1)), n -> new Pictures());
                    boolean first = name.group(2).equalsIgnoreCase("before");
                    Path other = first ? pictures.before : pictures.after;
                    if (other != null) {
                        throw new InvalidInput(file + ": stands beside " + other.getFileName() + "; keep one of them");
                    }
                    pictures.before = first ? file : pictures.before;
                    pictures.after = first ? pictures.after : file;
                    if (found.size() > PairList.MOST_PAIRS) {
                        throw new InvalidInput(folder + ": holds more than the " + PairList.MOST_PAIRS + " pairs of an index; split it");
                    }
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInput(folder + ": cannot be read (" + e.getMessage() + ")", e);
        }
        if (found.isEmpty()) {
            throw new InvalidInput(folder + ": holds no pairs, neither " + PairList.FILE + " nor NAME-before.png, NAME-after.png and NAME.txt");
        }
        List<EditPair> pairs = new ArrayList<>();
        Map<String, Path> byId = new TreeMap<>();
        found.forEach((name, pictures) -> {
            EditPair pair = pair(folder, name, pictures);
            Path other = byId.put(pair.id(), name);
            if (other != null) {
                throw new InvalidInput(name + ": would be called " + pair.id() + " as " + other + " is; give one another name");
            }
            pairs.add(pair);
        });
        return new PairList(pairs, 0);
    }

    private static EditPair pair(Path folder, Path name, Pictures pictures) {
        if (pictures.before == null || pictures.after == null) {
            throw new InvalidInput((pictures.before == null ? pictures.after : pictures.before) + ": has no " + name.getFileName()
                    + (pictures.before == null ? "-before" : "-after") + " picture beside it");
        }
        String relative = folder.relativize(name).toString().replace('\\', '/');
        String id = relative.replace('/', '.');
        return new EditPair(EditPair.isId(id) ? id : EditPair.idOf(relative), pictures.before, pictures.after, instruction(name.resolveSibling(name.getFileName() + ".txt")));
    }

    private static String instruction(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new InvalidInput(file + ": is missing; write into it what the pictures beside it show, such as: make it night");
            }
            if (Files.size(file) > LONGEST_TEXT) {
                throw new InvalidInput(file + ": is longer than an instruction may be (" + LONGEST_TEXT + " bytes)");
            }
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString();
            String instruction = EditPair.instruction(text);
            if (instruction == null) {
                throw new InvalidInput(file + ": must hold words, at most " + EditPair.MOST_WORDS + " characters without control characters");
            }
            return instruction;
        } catch (CharacterCodingException e) {
            throw new InvalidInput(file + ": is no text in UTF-8; convert it first", e);
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }
}
