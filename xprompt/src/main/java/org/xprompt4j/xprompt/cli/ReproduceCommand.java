package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.xprompt.reproduce.Reproduction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code xp reproduce}: a fixture folder computed again from its inputs. */
@Command(name = "reproduce", header = "computes a fixture folder again from its inputs", description = {
    "Computes everything that a fixture folder pins down, from its inputs alone, and writes it under the same names, so that",
    "implementations, machines and devices can be compared. A folder is a Chameleon model with io.safetensors and meta.json,",
    "a VQGAN or a CLIP text encoder with io.safetensors, images.safetensors with pairs of pictures to measure, or tokenizer.json with encodings.json."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp reproduce tests/src/test/resources/golden/chameleon-tiny --out computed.safetensors",
            "  xp reproduce tests/src/test/resources/golden/metrics --out computed.json",
            "  xp reproduce FOLDER --out scalar.safetensors --device scalar     the same by plain loops"})
final class ReproduceCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common;

    @Mixin
    private ComputeOptions compute;

    @Parameters(paramLabel = "DIR", description = "the fixture folder")
    private Path folder;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "safetensors for models, JSON for metrics and tokenizers")
    private Path out;

    @Override
    public Integer call() {
        long begun = System.nanoTime();
        Reproduction.Kind kind;
        try (Backend backend = compute.open()) {
            kind = Reproduction.run(backend, folder, out);
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("kind", kind.name().toLowerCase(Locale.ROOT));
        result.put("device", compute.device());
        result.put("seconds", seconds);
        result.put("out", out.toString());
        common.result(result, () -> common.out().println(String.format(Locale.ROOT, "%s folder computed on %s in %.1f s: %s",
                result.get("kind"), compute.device(), seconds, out)));
        return Main.DONE;
    }
}
