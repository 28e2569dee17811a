package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.embed.TextEmbedder;
import org.xprompt4j.xprompt.embed.TextEmbedders;
import org.xprompt4j.xprompt.retrieval.Indexing;
import org.xprompt4j.xprompt.retrieval.PairList;
import org.xprompt4j.xprompt.retrieval.SyntheticPairs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code xp index}: worked examples that instructions find. */
@Command(name = "index", header = "makes worked examples findable by their instructions", description = {
    "Makes an index of worked examples, each a picture before, a picture after and the instruction between them. 'xp edit' finds in it",
    "the example whose instruction is nearest to a new one. Started again it embeds only what is new or changed, and takes out what is",
    "gone; killed or stopped, the same command goes on."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp index edits --out edits.index",
            "  xp index --synthetic 200 --out demo.index                  pairs of the built-in tasks, from the shipped photographs",
            "  xp index edits --embedder words --out edits.index          without weights: knows letters, not meanings",
            "",
            "DIR holds pairs.jsonl, one object a line, its paths relative to the file:",
            "  {\"before\": \"a/day.png\", \"after\": \"a/night.png\", \"instruction\": \"make it night\"}        \"id\" may name the pair",
            "or, without pairs.jsonl, three files a pair, in it or in folders below: NAME-before.png, NAME-after.png, NAME.txt."})
final class IndexCommand implements Callable<Integer> {
    private static final int LARGEST = 1024; // pixels

    @Mixin
    private CommonOptions common;

    @Parameters(arity = "0..1", paramLabel = "DIR", description = "the pairs")
    private Path folder;

    @Option(names = "--out", required = true, paramLabel = "INDEX", description = "folder of the index, made or brought up to date")
    private Path out;

    @Option(names = "--embedder", paramLabel = "NAME", defaultValue = TextEmbedders.DEFAULT,
            description = "what turns instructions into vectors: " + TextEmbedders.NAMES + "; default: ${DEFAULT-VALUE}")
    private String embedder;

    @Option(names = "--synthetic", paramLabel = "N", description = "instead of DIR: make N pairs from photographs by the built-in tasks, in INDEX/pairs")
    private Integer synthetic;

    @Option(names = "--photos", paramLabel = "DIR", description = "photographs for --synthetic: a pack or folder; default: those in the repository")
    private Path photos;

    @Option(names = "--sprites", paramLabel = "DIR", description = "drawings for the edits of --synthetic, from 'xp data sprites'; default: those in the repository")
    private Path sprites;

    @Option(names = "--size", paramLabel = "PIXELS", defaultValue = "64", description = "side of the pictures of --synthetic; default: ${DEFAULT-VALUE}")
    private int size;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", converter = DeviceName.class, description = DeviceName.DESCRIPTION)
    private String device;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "of the pairs of --synthetic; default: ${DEFAULT-VALUE}")
    private long seed;

    @Override
    public Integer call() {
        if ((folder == null) == (synthetic == null)) {
            throw new InvalidInput("either DIR, a folder of pairs, or --synthetic N is needed");
        }
        OutputPlace.folder(out);
        try (Interruption interruption = Interruption.listen(); Backend backend = Backends.open(device);
                TextEmbedder opened = TextEmbedders.open(embedder, backend)) {
            PairList list = folder != null ? PairList.read(folder) : made();
            if (list.repeats() > 0) {
                common.note(list.repeats() + (list.repeats() == 1 ? " line repeats an earlier one and is left out" : " lines repeat earlier ones and are left out"));
            }
            Indexing.Result done;
            try (Progress progress = common.progress("indexing", list.pairs().size(), "pairs")) {
                done = new Indexing(out, opened).run(list.pairs(), (pairs, of) -> {
                    progress.at(pairs);
                    return !interruption.requested();
                });
            }
            print(done, list.repeats(), opened);
        }
        return Main.DONE;
    }

    private PairList made() {
        if (synthetic < 1 || synthetic > PairList.MOST_PAIRS) {
            throw new InvalidInput("--synthetic must be 1 to " + PairList.MOST_PAIRS + ", is " + synthetic);
        }
        if (size < 8 || size > LARGEST) {
            throw new InvalidInput("--size must be 8 to " + LARGEST + ", is " + size);
        }
        PhotoSource source = PhotoSource.open(photos != null ? photos : Home.path("xprompt/photos"));
        Path pairs = out.resolve("pairs");
        try (Progress progress = common.progress("making", synthetic, "pairs")) {
            new SyntheticPairs(KnownTasks.covering(List.of("add"), sprites, Split.TRAIN), source, size, seed).write(pairs, synthetic, progress::at);
        }
        return PairList.read(pairs);
    }

    private void print(Indexing.Result done, int repeats, TextEmbedder opened) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("pairs", done.pairs());
        result.put("added", done.added());
        result.put("changed", done.changed());
        result.put("kept", done.kept());
        result.put("removed", done.removed());
        result.put("repeats", repeats);
        result.put("embedder", opened.name());
        result.put("finished", done.finished());
        result.put("out", out.toString());
        common.result(result, () -> common.out().println(done.finished()
                ? String.format(Locale.ROOT, "%,d pairs: %,d new, %,d changed, %,d as they were; %,d taken out%n%s", done.pairs(), done.added(), done.changed(),
                        done.kept(), done.removed(), out)
                : String.format(Locale.ROOT, "stopped, %,d pairs are in; start the same command to go on", done.pairs())));
    }
}
