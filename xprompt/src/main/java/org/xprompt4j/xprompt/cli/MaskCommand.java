package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.xprompt.picture.PictureWriter;
import org.xprompt4j.xprompt.prompt.Segment;
import org.xprompt4j.xprompt.prompt.SegmentKind;
import org.xprompt4j.xprompt.prompt.XPromptMask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code xp mask}: a picture of who attends to whom. */
@Command(name = "mask", header = "draws who attends to whom, and counts what the mask saves", description = {
    "Draws the attention mask of X-Prompt: each row is a token that looks, each column a token that is looked at.",
    "Attention is causal, and the job (TD) is blind to the example (IE): what it learns of the example has passed through the",
    "X-Prompt tokens (XP). Over the picture lie the tiles in which the kernels work: skipped tiles cost nothing.",
    "Prints how many pairs attend, how many plain causal attention would have, and what is saved."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp mask --segments IE:37,XP:8,TD:40 --out mask.png",
            "  xp mask --segments IE:525,XP:16,TD:526 --tile 64 --out demo.png     the sizes of a demo prompt",
            "  xp mask --segments IE:20,XP:4,IE:20,XP:4,TD:40 --out two.png       two examples"})
final class MaskCommand implements Callable<Integer> {
    private static final int MAX_LENGTH = 1 << 16;

    @Mixin
    private CommonOptions common;

    @Option(names = "--segments", required = true, split = ",", paramLabel = "KIND:LENGTH",
            description = "segments in order, kinds IE (example), XP (X-Prompt tokens), TD (the job); any order and number")
    private List<String> segments;

    @Option(names = "--tile", defaultValue = "16", paramLabel = "N", description = "rows and columns of a tile; default: ${DEFAULT-VALUE}")
    private int tile;

    @Option(names = "--out", required = true, paramLabel = "FILE.png", description = "the picture to write")
    private Path out;

    @Override
    public Integer call() {
        List<Segment> parsed = parse(segments);
        AttentionMask mask = XPromptMask.of(parsed);
        if (tile < 1 || tile > mask.keys()) {
            throw new InvalidInput("--tile must be from 1 to the " + mask.keys() + " tokens, is " + tile);
        }
        MaskTiles tiles = MaskTiles.count(mask, tile);
        PictureWriter.write(MaskPicture.draw(mask, parsed, tile, tiles), out);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("tokens", mask.keys());
        result.put("visible_pairs", mask.visiblePairs());
        result.put("causal_pairs", tiles.causalPairs());
        result.put("saved", tiles.saved());
        result.put("tile", tile);
        result.put("tiles_full", tiles.full());
        result.put("tiles_partial", tiles.partial());
        result.put("tiles_skipped", tiles.skipped());
        result.put("tiles_skipped_by_causality", tiles.above());
        result.put("out", out.toString());
        common.result(result, () -> common.out().println(String.format(Locale.ROOT,
                "%,d tokens: %,d pairs attend of %,d causal ones, %.1f %% saved%n"
                        + "tiles of %d: %,d full, %,d partial, %,d skipped by the X-Prompt rule (and %,d above the diagonal)%n%s",
                mask.keys(), mask.visiblePairs(), tiles.causalPairs(), 100 * tiles.saved(),
                tile, tiles.full(), tiles.partial(), tiles.skipped(), tiles.above(), out)));
        return Main.DONE;
    }

    private static List<Segment> parse(List<String> texts) {
        List<Segment> out = new ArrayList<>();
        long total = 0;
        for (String text : texts) {
            String[] parts = text.strip().split(":", -1);
            if (parts.length != 2 || !parts[1].matches("[0-9]{1,9}")) {
                throw new InvalidInput("--segments: '" + text + "' must be KIND:LENGTH, such as IE:37");
            }
            out.add(new Segment(SegmentKind.of(parts[0]), Integer.parseInt(parts[1])));
            total += Integer.parseInt(parts[1]);
        }
        if (total < 1 || total > MAX_LENGTH) {
            throw new InvalidInput("--segments: " + total + " tokens in all must be from 1 to " + MAX_LENGTH);
        }
        return out;
    }
}
