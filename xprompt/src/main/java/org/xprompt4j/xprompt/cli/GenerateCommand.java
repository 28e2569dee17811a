package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.inference.Context;
import org.xprompt4j.xprompt.inference.Example;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureReader;
import org.xprompt4j.xprompt.picture.PictureWriter;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.prompt.Part;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code xp generate}: the main job. */
@Command(name = "generate", header = "does to a new picture what a worked example shows, or what words say", description = {
    "Does to a new picture what a worked example shows. The example is compressed into X-Prompt tokens, and the answer is drawn",
    "code by code while only these tokens, the query and the answer so far are in the cache.",
    "Give the example as pictures (--example), or as a file made once by 'xp compress' (--prompt).",
    "A model that was trained with words also takes an instruction, beside an example or instead of one, and draws a picture from words alone (--text)."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp generate --example day.png night.png --input photo.jpg --out photo-night.png",
            "  xp generate --prompt night.xpc --input photo.jpg --out photo-night.png",
            "  xp generate --example a.png b.png --context full --input photo.jpg --out full.png    the example uncompressed",
            "  xp generate --prompt night.xpc --input photo.jpg --temperature 0.8 --top-k 50 --samples 4 --seed 7 --out n.png",
            "With a model with words:",
            "  xp generate --instruction 'make it darker' --input photo.jpg --out darker.png",
            "  xp generate --example a.png b.png --example-instruction 'make the circle red' --instruction 'make the square red' \\",
            "      --input scene.png --out red.png",
            "  xp generate --text 'a red circle above a blue square' --guidance 3 --image-guidance 1.2 --out scene.png"})
final class GenerateCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common;

    @Mixin
    private ModelOptions model;

    @Mixin
    private ExampleOptions examples;

    @Mixin
    private SamplingOptions sampling;

    @Option(names = "--prompt", paramLabel = "FILE.xpc", description = "a compressed prompt, instead of --example")
    private Path prompt;

    @Option(names = "--context", paramLabel = "MODE",
            description = "what the job sees of the example: compressed (X-Prompt tokens), full (all of its tokens), none; default: compressed, none where"
                    + " words stand instead of an example")
    private ContextMode context;

    @Option(names = "--input", paramLabel = "PICTURE", description = "the new picture; needed unless --text is given")
    private Path input;

    @Option(names = "--instruction", paramLabel = "WORDS", description = "what to do to the picture, in words; needs no example; the example is said to show the same")
    private String instruction;

    @Option(names = "--example-instruction", paramLabel = "WORDS",
            description = "what the example shows where that is not the instruction; once for all examples, or once for each")
    private List<String> exampleInstructions = List.of();

    @Option(names = "--text", paramLabel = "WORDS", description = "draw a picture of this, from words alone: no input, no example")
    private String text;

    @Option(names = "--samples", paramLabel = "N", defaultValue = "1",
            description = "draw N answers; default: ${DEFAULT-VALUE}; they are told apart by their noise, so use a temperature above 0; files get -1, -2 ... before the ending")
    private int samples;

    @Option(names = "--out", required = true, paramLabel = "FILE.png", description = "the answer")
    private Path out;

    @Override
    public Integer call() {
        instruction = GivenWords.checked("--instruction", instruction);
        text = GivenWords.checked("--text", text);
        List<String> shown = exampleInstructions.stream().map(words -> GivenWords.checked("--example-instruction", words)).toList();
        requireOneQuestion();
        requireOneContext();
        GenerationOptions options = sampling.options();
        List<Path> files = OutputPlace.samples(out, samples);
        List<Picture> query = input == null ? List.of() : List.of(PictureReader.read(input));
        List<Example> worked = examples.read(!shown.isEmpty() ? shown : instruction == null ? List.of() : List.of(instruction));
        try (XPromptModel opened = text != null || instruction != null ? model.openWithWords() : model.open()) {
            long start = System.nanoTime();
            List<Part> asked = opened.question(query, text != null ? text : instruction != null ? instruction : "");
            Context seen = read(opened, worked);
            List<Picture> answers;
            try (Progress progress = common.progress("drawing", opened.pictureCodes(), "codes")) {
                answers = opened.generate(seen, asked, samples, options, (code, of) -> progress.at(code));
            }
            double seconds = (System.nanoTime() - start) * 1e-9;
            for (int i = 0; i < answers.size(); i++) {
                PictureWriter.write(answers.get(i), files.get(i));
            }
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("context", context.name().toLowerCase(Locale.ROOT));
            result.put("seconds", seconds);
            result.put("out", files.stream().map(Path::toString).toList());
            common.result(result, () -> files.forEach(common.out()::println));
        }
        return Main.DONE;
    }

    /** A picture, perhaps with words, or words alone. */
    private void requireOneQuestion() {
        if (text == null && input == null) {
            throw new InvalidInput("--input PICTURE is needed: the new picture (or --text WORDS, to draw one from words alone)");
        }
        if (text != null && (input != null || instruction != null || !examples.isEmpty() || prompt != null || !exampleInstructions.isEmpty())) {
            throw new InvalidInput("--text draws from words alone: it excludes --input, --instruction, --example, --example-instruction and --prompt; "
                    + "what is to be done to a picture is said by --instruction");
        }
        if (!exampleInstructions.isEmpty() && examples.isEmpty()) {
            throw new InvalidInput("--example-instruction says what an example shows: it needs --example" + (prompt == null ? ""
                    : "; the examples of a --prompt had their words from 'xp compress --instruction'"));
        }
        if (!exampleInstructions.isEmpty() && instruction == null) {
            throw new InvalidInput("--example-instruction says what the example shows; what to do to the new picture is missing: --instruction WORDS");
        }
    }

    private void requireOneContext() {
        boolean shown = prompt != null || !examples.isEmpty();
        if (context == null) {
            context = shown || text == null && instruction == null ? ContextMode.COMPRESSED : ContextMode.NONE;
        }
        if (prompt != null && !examples.isEmpty()) {
            throw new InvalidInput("--prompt and --example exclude each other: the file already holds its examples");
        }
        if (prompt != null && context != ContextMode.COMPRESSED) {
            throw new InvalidInput("--prompt holds compressed examples: --context " + context.name().toLowerCase(Locale.ROOT) + " needs --example");
        }
        if (context != ContextMode.NONE && text != null) {
            throw new InvalidInput("--text draws from words alone: --context " + context.name().toLowerCase(Locale.ROOT) + " has nothing to show");
        }
        if (context != ContextMode.NONE && !shown) {
            throw new InvalidInput("a worked example is needed: --example BEFORE AFTER, or --prompt FILE.xpc (or --context none, or --instruction WORDS)");
        }
    }

    private Context read(XPromptModel opened, List<Example> worked) {
        if (prompt != null) {
            return new Context.Compressed(opened.read(prompt));
        }
        return switch (context) {
            case NONE -> new Context.None();
            case FULL -> new Context.Full(opened.encode(worked));
            case COMPRESSED -> new Context.Compressed(opened.compress(worked, ""));
        };
    }
}
