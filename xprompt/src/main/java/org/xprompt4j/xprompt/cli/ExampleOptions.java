package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.inference.Example;
import org.xprompt4j.xprompt.picture.PictureReader;
import picocli.CommandLine.Option;

/** Worked examples, each as two pictures. */
public final class ExampleOptions {
    @Option(names = "--example", arity = "2", paramLabel = "PICTURE",
            description = "a worked example: the picture before and the picture after; may be given several times")
    private List<Path> pictures = new ArrayList<>();

    boolean isEmpty() {
        return pictures.isEmpty();
    }

    /** Number of examples. */
    int count() {
        return pictures.size() / 2;
    }

    /** Reads the pictures. */
    List<Example> read() {
        return read(List.of());
    }

    /**
     * Reads the pictures.
     *
     * @param words what the examples show: none, one text for all of them, or one for each
     */
    List<Example> read(List<String> words) {
        if (words.size() > 1 && words.size() != count()) {
            throw new InvalidInput(words.size() + " texts say what " + count() + " examples show; give one for all, or one for each --example");
        }
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < count(); i++) {
            String instruction = words.isEmpty() ? "" : words.get(words.size() == 1 ? 0 : i);
            examples.add(new Example(PictureReader.read(pictures.get(2 * i)), PictureReader.read(pictures.get(2 * i + 1)), instruction));
        }
        return examples;
    }
}
