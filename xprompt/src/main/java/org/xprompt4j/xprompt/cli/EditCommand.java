package org.xprompt4j.xprompt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.data.Sha256;
import org.xprompt4j.xprompt.embed.TextEmbedders;
import org.xprompt4j.xprompt.inference.Context;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureReader;
import org.xprompt4j.xprompt.picture.PictureWriter;
import org.xprompt4j.xprompt.retrieval.Exclusion;
import org.xprompt4j.xprompt.retrieval.Hit;
import org.xprompt4j.xprompt.retrieval.PairIndex;
import org.xprompt4j.xprompt.retrieval.PromptCache;
import org.xprompt4j.xprompt.retrieval.Retrieval;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code xp edit}: retrieval-augmented image editing. */
@Command(name = "edit", header = "edits a picture by an instruction and an example found for it", description = {
    "Edits a picture as an instruction says: finds the worked example whose instruction is nearest (never one that shows the picture",
    "itself), compresses it into X-Prompt tokens, and does the same to your picture. A model with words reads both instructions too;",
    "one without goes by the example's pictures alone. Compressed examples are kept in the index, for each model."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp index --synthetic 200 --out demo.index",
            "  xp edit photo.jpg 'make it night' --index demo.index --out photo-night.png",
            "  xp edit photo.jpg 'make it night' --index demo.index --example-rank 2 --out second.png      by the second best example",
            "  xp retrieve 'make it night' --index demo.index --out found.png                              what there is to choose from"})
final class EditCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common;

    @Mixin
    private ModelOptions model;

    @Mixin
    private SamplingOptions sampling;

    @Parameters(index = "0", paramLabel = "PICTURE", description = "the picture to edit")
    private Path input;

    @Parameters(index = "1", paramLabel = "INSTRUCTION", description = "what is wanted, in words")
    private String instruction;

    @Option(names = "--index", required = true, paramLabel = "INDEX", description = "what 'xp index' made")
    private Path index;

    @Option(names = "--embedder", paramLabel = "NAME", description = "as 'xp index' was given it; needed only where it names a folder: " + TextEmbedders.NAMES)
    private String embedder;

    @Option(names = "--example-rank", paramLabel = "N", defaultValue = "1", description = "take the N-th nearest example; default: ${DEFAULT-VALUE}")
    private int rank;

    @Option(names = "--samples", paramLabel = "N", defaultValue = "1",
            description = "draw N answers, told apart by their noise, so use a temperature above 0; files get -1, -2 ... before the ending; default: ${DEFAULT-VALUE}")
    private int samples;

    @Option(names = "--out", required = true, paramLabel = "FILE.png", description = "the answer")
    private Path out;

    @Override
    public Integer call() {
        if (rank < 1 || rank > PairIndex.MOST_HITS) {
            throw new InvalidInput("--example-rank must be 1 to " + PairIndex.MOST_HITS + ", is " + rank);
        }
        GenerationOptions options = sampling.options();
        List<Path> files = OutputPlace.samples(out, samples);
        String wanted = Retrieval.requireWords(instruction);
        Picture query = PictureReader.read(input);
        Hit hit = find(wanted);
        common.note(String.format(Locale.ROOT, "example %d: %s, \"%s\", cosine %.3f", rank, hit.pair().id(), Main.oneLine(hit.pair().instruction()), hit.cosine()));
        try (XPromptModel opened = model.openWithWords()) {
            if (!opened.hasWords()) {
                common.note("the model has no words: the example's pictures alone say what to do");
            }
            long start = System.nanoTime();
            PromptCache.Entry example = new PromptCache(index, common::note).prompt(opened, hit.pair());
            List<Picture> answers;
            try (Progress progress = common.progress("drawing", opened.pictureCodes(), "codes")) {
                answers = opened.generate(new Context.Compressed(example.prompt()), opened.question(List.of(query), opened.hasWords() ? wanted : ""), samples,
                        options, (code, of) -> progress.at(code));
            }
            double seconds = (System.nanoTime() - start) * 1e-9;
            for (int i = 0; i < answers.size(); i++) {
                PictureWriter.write(answers.get(i), files.get(i));
            }
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("example", RetrieveCommand.json(hit, rank));
            result.put("words", opened.hasWords());
            result.put("prompt", example.file().toString());
            result.put("prompt_kept", example.kept());
            result.put("seconds", seconds);
            result.put("out", files.stream().map(Path::toString).toList());
            common.result(result, () -> files.forEach(common.out()::println));
        }
        return Main.DONE;
    }

    private Hit find(String wanted) {
        try (Backend backend = Backends.open(model.device()); Retrieval retrieval = Retrieval.open(index, embedder, backend)) {
            List<Hit> hits = retrieval.find(wanted, rank, Exclusion.ofPicture(Sha256.hex(input)));
            if (hits.size() < rank) {
                throw new InvalidInput("--example-rank is " + rank + ", but " + index + " has " + hits.size() + " pairs that do not show " + input);
            }
            return hits.getLast();
        } catch (IOException e) {
            throw new InvalidInput(input + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }
}
