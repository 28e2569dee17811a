package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.xprompt4j.xprompt.data.DataPreparation;
import org.xprompt4j.xprompt.data.Tier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code xp data}: photographs and sprites for training and measuring. */
@Command(name = "data", header = "photographs and sprites for training and measuring", synopsisSubcommandLabel = "prepare|sprites|show",
        subcommands = {DataCommand.Prepare.class, DataSpritesCommand.class, DataShowCommand.class},
        footerHeading = "%nExamples:%n", footer = {"  xp data prepare --out data", "  xp data show --task recolour --out sheet.png", "  xp data sprites --out sprites"})
final class DataCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private HelpOptions help;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "say what to do: prepare, sprites or show");
    }

    /** {@code xp data prepare}. */
    @Command(name = "prepare", header = "makes a pack of real photographs with their credits", description = {
        "Makes one pack of real photographs with their credits, from packages of Debian 12 that hold free pictures: fetches them",
        "with apt-get, checks their hashes, unpacks them with dpkg-deb, reads the licences, leaves out duplicates, shrinks to a shorter side",
        "of at most " + DataPreparation.SHORTER_SIDE + " pixels and decides by motif which photographs are for training, validation and test.",
        "Started again in the same folder it fetches only what is missing."},
            footerHeading = "%nExamples:%n",
            footer = {
                "  xp data prepare --out data                  public domain, CC0, CC-BY: what the shipped model is trained on",
                "  xp data prepare --out data-ab --tier AB     also CC-BY-SA and GPL, for those who decide so",
                "",
                "DIR then holds photos.pack, manifest.json (source, author, licence, group, split of each) and the fetched packages."})
    static final class Prepare implements Callable<Integer> {
        @Mixin
        private CommonOptions common;

        @Option(names = "--out", required = true, paramLabel = "DIR", description = "where packages are kept and the pack is written")
        private Path out;

        @Option(names = "--tier", paramLabel = "A|AB", defaultValue = "A", description = "which licences are used; default: ${DEFAULT-VALUE}")
        private Tier tier;

        @Override
        public Integer call() {
            DataPreparation.Summary summary;
            try (StepProgress progress = new StepProgress(common)) {
                summary = new DataPreparation(out, tier, progress).run();
            }
            common.result(summary, () -> common.out().println(String.format(Locale.ROOT,
                    "%d photographs: %d for training, %d for validation, %d for test; %.1f MB%n%s", summary.photographs(), summary.train(),
                    summary.validation(), summary.test(), summary.bytes() / 1e6, summary.pack())));
            return Main.DONE;
        }
    }
}
