package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.embed.TextEmbedders;
import org.xprompt4j.xprompt.picture.AreaShrink;
import org.xprompt4j.xprompt.picture.ContactSheet;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureReader;
import org.xprompt4j.xprompt.retrieval.Exclusion;
import org.xprompt4j.xprompt.retrieval.Hit;
import org.xprompt4j.xprompt.retrieval.PairIndex;
import org.xprompt4j.xprompt.retrieval.Retrieval;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code xp retrieve}: the worked examples that an instruction finds. */
@Command(name = "retrieve", header = "finds worked examples by an instruction", description = {
    "Finds the worked examples of an index whose instructions are nearest to yours, by the cosine of their vectors: what 'xp edit'",
    "would choose from, the first of them by itself."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp retrieve 'make it night' --index demo.index",
            "  xp retrieve 'make it night' --index demo.index --k 10 --out night.png --json"})
final class RetrieveCommand implements Callable<Integer> {
    private static final int SHOWN = 192; // pixels of the longer side on the sheet
    private static final int TITLE = 60; // characters of an instruction before its row

    @Mixin
    private CommonOptions common;

    @Parameters(paramLabel = "INSTRUCTION", description = "what is wanted, in words")
    private String instruction;

    @Option(names = "--index", required = true, paramLabel = "INDEX", description = "what 'xp index' made")
    private Path index;

    @Option(names = "--embedder", paramLabel = "NAME", description = "as 'xp index' was given it; needed only where it names a folder: " + TextEmbedders.NAMES)
    private String embedder;

    @Option(names = "--k", paramLabel = "N", defaultValue = "5", description = "how many; default: ${DEFAULT-VALUE}")
    private int k;

    @Option(names = "--out", paramLabel = "FILE.png", description = "a sheet of the pictures found")
    private Path out;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", converter = DeviceName.class, description = DeviceName.DESCRIPTION)
    private String device;

    @Override
    public Integer call() {
        if (k < 1 || k > PairIndex.MOST_HITS) {
            throw new InvalidInput("--k must be 1 to " + PairIndex.MOST_HITS + ", is " + k);
        }
        if (out != null) {
            OutputPlace.file(out);
        }
        String wanted = Retrieval.requireWords(instruction);
        try (Backend backend = Backends.open(device); Retrieval retrieval = Retrieval.open(index, embedder, backend)) {
            List<Hit> hits = retrieval.find(wanted, k, Exclusion.NONE);
            if (out != null) {
                sheet(wanted, hits, retrieval.index()).write(out);
            }
            print(wanted, hits, retrieval.index());
        }
        return Main.DONE;
    }

    private void print(String wanted, List<Hit> hits, PairIndex searched) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("instruction", wanted);
        result.put("pairs", searched.size());
        result.put("embedder", searched.info().embedder());
        List<Map<String, Object>> found = new ArrayList<>();
        for (Hit hit : hits) {
            found.add(json(hit, found.size() + 1));
        }
        result.put("hits", found);
        if (out != null) {
            result.put("out", out.toString());
        }
        common.result(result, () -> {
            int width = hits.stream().mapToInt(hit -> hit.pair().id().length()).max().orElse(1);
            for (int i = 0; i < hits.size(); i++) {
                common.out().println(String.format(Locale.ROOT, "%3d  cosine %6.3f  %-" + width + "s  %s", i + 1, hits.get(i).cosine(),
                        hits.get(i).pair().id(), Main.oneLine(hits.get(i).pair().instruction())));
            }
            if (out != null) {
                common.out().println(out);
            }
        });
    }

    /** A hit for programs. */
    static Map<String, Object> json(Hit hit, int rank) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rank", rank);
        json.put("id", hit.pair().id());
        json.put("cosine", hit.cosine());
        json.put("instruction", hit.pair().instruction());
        json.put("before", hit.pair().before().toString());
        json.put("after", hit.pair().after().toString());
        return json;
    }

    private static ContactSheet sheet(String wanted, List<Hit> hits, PairIndex searched) {
        ContactSheet sheet = new ContactSheet("Asked for: " + shortened(wanted), String.format(Locale.ROOT,
                "the nearest of %,d pairs by the cosine of their instructions (%s)", searched.size(), searched.info().embedder()), List.of("before", "after"));
        for (int i = 0; i < hits.size(); i++) {
            Hit hit = hits.get(i);
            sheet.row(shortened(hit.pair().instruction()), (i + 1) + ". " + hit.pair().id(), String.format(Locale.ROOT, "cosine %.3f", hit.cosine()),
                    List.of(new ContactSheet.Cell(shown(hit.pair().before()), ""), new ContactSheet.Cell(shown(hit.pair().after()), "")));
        }
        return sheet;
    }

    private static Picture shown(Path file) {
        Picture picture = PictureReader.read(file);
        double scale = (double) SHOWN / Math.max(picture.width(), picture.height());
        return scale >= 1 ? picture : AreaShrink.resize(picture, Math.max(1, (int) Math.rint(picture.width() * scale)),
                Math.max(1, (int) Math.rint(picture.height() * scale)));
    }

    private static String shortened(String text) {
        return text.length() <= TITLE ? text : text.substring(0, TITLE - 3) + "...";
    }
}
