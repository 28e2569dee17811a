package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.xprompt4j.xprompt.sprite.SpritePreparation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code xp data sprites}. */
@Command(name = "sprites", header = "makes the set of named drawings that edits put over photographs", description = {
    "Makes the set of named drawings (an owl, a guitar) that edits put over photographs, from Fluent emoji in packages of npm (MIT):",
    "fetches them with 'npm pack', checks their hashes, draws each motif flat, shaded, in black and white and in 3d, " + SpritePreparation.TILE
        + " x " + SpritePreparation.TILE + " pixels,",
    "with transparency. The set is in the repository already (xprompt/sprites); this makes it again."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp data sprites --out sprites",
            "",
            "DIR then holds flat.png, modern.png, line.png, solid.png, sprites.json (names, in the order of the tiles; source of each)",
            "and the fetched packages."})
final class DataSpritesCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "where packages are kept and the sheets are written")
    private Path out;

    @Override
    public Integer call() {
        OutputPlace.folder(out);
        SpritePreparation.Summary summary;
        try (StepProgress progress = new StepProgress(common)) {
            summary = new SpritePreparation(out, progress).run();
        }
        common.result(summary, () -> common.out().println(String.format(Locale.ROOT, "%d motifs, %d of them for test; %.2f MB%n%s", summary.motifs(),
                summary.test(), summary.bytes() / 1e6, summary.folder())));
        return Main.DONE;
    }
}
