package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.xprompt4j.xprompt.models.ModelFetch;
import org.xprompt4j.xprompt.models.ModelStore;
import org.xprompt4j.xprompt.models.PublicModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code xp models}: public models that others trained. */
@Command(name = "models", header = "public models that others trained", synopsisSubcommandLabel = "list|get",
        subcommands = {ModelsCommand.ListModels.class, ModelsCommand.Get.class},
        footerHeading = "%nExamples:%n", footer = {"  xp models list", "  xp models get minilm"})
final class ModelsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private HelpOptions help;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "say what to do: list or get");
    }

    private static ModelStore store(Path folder) {
        return folder == null ? ModelStore.usual() : new ModelStore(folder);
    }

    /** What is told of a model. */
    private record Entry(String name, String does, String folder, boolean here, long bytes, String artifact, String licence) {
        static Entry of(PublicModel model, ModelStore store) {
            return new Entry(model.name(), model.does(), store.place(model).toString(), store.holds(model), model.bytes(), model.artifact(), model.licence());
        }

        String text() {
            return String.format(Locale.ROOT, "%s  %s%n  %.0f MB, %s: %s%n  artifact %s%n  licence %s", name, does, bytes / 1e6, folder,
                    here ? "here" : "not here; fetch it with: xp models get " + name, artifact, licence);
        }
    }

    /** {@code xp models list}. */
    @Command(name = "list", header = "the models that are known, where they lie, and their licences",
            footerHeading = "%nExamples:%n", footer = {"  xp models list", "  xp models list --json"})
    static final class ListModels implements Callable<Integer> {
        @Mixin
        private CommonOptions common;

        @Option(names = "--dir", paramLabel = "DIR", description = "the folder of models; default: $" + ModelStore.VARIABLE + ", else models in the installation")
        private Path folder;

        @Override
        public Integer call() {
            List<Entry> entries = new ArrayList<>();
            PublicModel.ALL.forEach(model -> entries.add(Entry.of(model, store(folder))));
            if (common.json()) {
                entries.forEach(common::printJson);
            } else {
                entries.forEach(entry -> common.out().println(entry.text()));
            }
            return Main.DONE;
        }
    }

    /** {@code xp models get}. */
    @Command(name = "get", header = "fetches a model", description = {
        "Fetches a model's Maven artifact with your own mvn, so by its settings and mirrors, takes the weights out, compares their SHA-256 with",
        "the recorded one and writes them, whole or not at all. Started again it fetches only what is missing."},
            footerHeading = "%nExamples:%n",
            footer = {
                "  xp models get minilm                 texts to vectors, 92 MB, Apache-2.0",
                "  xp models get minilm --dir ~/models  elsewhere; then set " + ModelStore.VARIABLE + "=~/models so that others find it"})
    static final class Get implements Callable<Integer> {
        @Mixin
        private CommonOptions common;

        @Parameters(paramLabel = "NAME", description = "a name of 'xp models list'")
        private String name;

        @Option(names = "--dir", paramLabel = "DIR", description = "the folder of models; default: $" + ModelStore.VARIABLE + ", else models in the installation")
        private Path folder;

        @Override
        public Integer call() {
            PublicModel model = PublicModel.named(name);
            ModelStore store = store(folder);
            new ModelFetch(common::note).fetch(model, store.place(model));
            Entry entry = Entry.of(model, store);
            common.result(entry, () -> common.out().println(entry.text()));
            return Main.DONE;
        }
    }
}
