package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    /** Reads the pictures. */
    List<Example> read() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < pictures.size(); i += 2) {
            examples.add(new Example(PictureReader.read(pictures.get(i)), PictureReader.read(pictures.get(i + 1))));
        }
        return examples;
    }
}
