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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code xp generate}: the main job. */
@Command(name = "generate", header = "does to a new picture what a worked example shows", description = {
    "Does to a new picture what a worked example shows. The example is compressed into X-Prompt tokens, and the answer is drawn",
    "code by code while only these tokens, the query and the answer so far are in the cache.",
    "Give the example as pictures (--example), or as a file made once by 'xp compress' (--prompt)."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp generate --example day.png night.png --input photo.jpg --out photo-night.png",
            "  xp generate --prompt night.xpc --input photo.jpg --out photo-night.png",
            "  xp generate --example a.png b.png --context full --input photo.jpg --out full.png    the example uncompressed",
            "  xp generate --prompt night.xpc --input photo.jpg --temperature 0.8 --top-k 50 --samples 4 --seed 7 --out n.png"})
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

    @Option(names = "--context", paramLabel = "MODE", defaultValue = "compressed",
            description = "what the job sees of the example: compressed (X-Prompt tokens), full (all of its tokens), none; default: ${DEFAULT-VALUE}")
    private ContextMode context;

    @Option(names = "--input", required = true, paramLabel = "PICTURE", description = "the new picture")
    private Path input;

    @Option(names = "--samples", paramLabel = "N", defaultValue = "1",
            description = "draw N answers; default: ${DEFAULT-VALUE}; they are told apart by their noise, so use a temperature above 0; files get -1, -2 ... before the ending")
    private int samples;

    @Option(names = "--out", required = true, paramLabel = "FILE.png", description = "the answer")
    private Path out;

    @Override
    public Integer call() {
        requireOneContext();
        GenerationOptions options = sampling.options();
        List<Path> files = OutputPlace.samples(out, samples);
        Picture query = PictureReader.read(input);
        List<Example> worked = examples.read();
        try (XPromptModel opened = model.open()) {
            long start = System.nanoTime();
            Context seen = read(opened, worked);
            List<Picture> answers;
            try (Progress progress = common.progress("drawing", opened.tokenizer().codes(opened.config().pictureSize(), opened.config().pictureSize()), "codes")) {
                answers = opened.generate(seen, query, samples, options, (code, of) -> progress.at(code));
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

    private void requireOneContext() {
        if (prompt != null && !examples.isEmpty()) {
            throw new InvalidInput("--prompt and --example exclude each other: the file already holds its examples");
        }
        if (prompt != null && context != ContextMode.COMPRESSED) {
            throw new InvalidInput("--prompt holds compressed examples: --context " + context.name().toLowerCase(Locale.ROOT) + " needs --example");
        }
        if (context != ContextMode.NONE && prompt == null && examples.isEmpty()) {
            throw new InvalidInput("a worked example is needed: --example BEFORE AFTER, or --prompt FILE.xpc (or --context none)");
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
