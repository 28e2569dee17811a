package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.xprompt.inference.CompressedPrompt;
import org.xprompt4j.xprompt.inference.Example;
import org.xprompt4j.xprompt.inference.XPromptModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code xp compress}: stage 1, once. */
@Command(name = "compress", header = "reads worked examples once and keeps them as a small file", description = {
    "Stage 1 of X-Prompt: reads worked examples once and keeps what the X-Prompt tokens made of them, their keys and values",
    "in every layer. The file replaces the examples in any number of 'xp generate --prompt FILE' calls and holds the",
    "fingerprint of model and tokenizer: another model refuses it."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp compress --example day.png night.png --out night.xpc",
            "  xp compress --example a1.png a2.png --example b1.png b2.png --note 'to sepia' --out sepia.xpc",
            "  xp compress --example a.png b.png --instruction 'make it night' --out night.xpc    with a model with words",
            "  xp info night.xpc"})
final class CompressCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common;

    @Mixin
    private ModelOptions model;

    @Mixin
    private ExampleOptions examples;

    @Option(names = "--instruction", paramLabel = "WORDS",
            description = "what the examples show, as words that the model reads with their pictures; once for all, or once for each example;"
                    + " needs a model with words")
    private List<String> instructions = List.of();

    @Option(names = "--note", paramLabel = "WORDS", defaultValue = "", description = "for people: kept in the file, read by no model")
    private String note;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
            description = "for uniform scripts: compression draws nothing, its result is the same for every seed")
    private long seed;

    @Option(names = "--out", required = true, paramLabel = "FILE.xpc", description = "the file to write")
    private Path out;

    @Override
    public Integer call() {
        if (examples.isEmpty()) {
            throw new InvalidInput("--example BEFORE AFTER is needed: there is nothing to compress");
        }
        OutputPlace.file(out);
        List<Example> read = examples.read(instructions.stream().map(words -> GivenWords.checked("--instruction", words)).toList());
        try (XPromptModel opened = instructions.isEmpty() ? model.open() : model.openWithWords()) {
            long start = System.nanoTime();
            CompressedPrompt prompt = opened.compress(read, note);
            double seconds = (System.nanoTime() - start) * 1e-9;
            AtomicFile.folder(out.toAbsolutePath().getParent());
            prompt.writeTo(out);
            int size = opened.config().pictureSize();
            int exampleTokens = prompt.nextPosition() - prompt.tokens();
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("examples", read.size());
            result.put("example_tokens", exampleTokens);
            result.put("xp_tokens", prompt.tokens());
            result.put("bytes", prompt.byteSize());
            result.put("seconds", seconds);
            result.put("fingerprint", prompt.fingerprint());
            result.put("out", out.toString());
            common.result(result, () -> common.out().println(String.format(Locale.ROOT,
                    "%d example%s of %dx%d pixels: %,d tokens compressed into %d (%,d bytes) in %.2f s%n%s",
                    read.size(), read.size() == 1 ? "" : "s", size, size, exampleTokens, prompt.tokens(), prompt.byteSize(), seconds, out)));
        }
        return Main.DONE;
    }
}
