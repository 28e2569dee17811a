package org.xprompt4j.xprompt.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.tensor.op.CrossEntropySpec;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.vqvae.VqganCheckpoint;
import org.xprompt4j.xprompt.PaintedPhotos;
import org.xprompt4j.xprompt.TinyModel;
import org.xprompt4j.xprompt.config.ConfigFile;
import org.xprompt4j.xprompt.inference.Context;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.TextOptions;
import org.xprompt4j.xprompt.inference.Words;
import org.xprompt4j.xprompt.inference.XPromptConfig;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.prompt.PromptLayout;
import org.xprompt4j.xprompt.prompt.PromptTokens;
import org.xprompt4j.xprompt.prompt.SegmentKind;
import org.xprompt4j.xprompt.scene.Scene;
import org.xprompt4j.xprompt.task.TaskRegistry;
import org.xprompt4j.xprompt.wording.Questions;

/** Recipes with words: what their batches hold, the tokenizer they learn, runs that gain words and runs that go on. */
class WordTrainingTest {
    private static final PromptTrainingConfig.Words ALL = new PromptTrainingConfig.Words(60, "", 1, 1, 1, 1, 0.7, 0.5);
    private static final Map<String, Double> TASKS = Map.of("negative", 1.0, "duotone", 1.0, "channel-curves", 0.5);

    @TempDir
    private Path folder;
    private Backend backend;
    private MemoryScope scope;
    private Vqgan vqgan;

    @BeforeEach
    void open() {
        backend = Backends.open("cpu");
        scope = backend.openScope("tokenizer");
        vqgan = TinyModel.vqgan(scope, 1);
    }

    @AfterEach
    void close() {
        scope.close();
        backend.close();
    }

    private static PromptTrainingConfig recipe(PromptTrainingConfig.Words words, String startFrom) {
        PromptTrainingConfig tiny = Recipes.tiny("tokenizer", "-", 0.003f, TASKS);
        return new PromptTrainingConfig(tiny.tokenizer(), tiny.photos(), tiny.pictureSize(), tiny.seed(), tiny.model(), tiny.batch(), tiny.optimiser(), tiny.tasks(),
                words, tiny.every(), startFrom);
    }

    /** The episodes of a recipe with its own tokenizer, and what is needed to read them. */
    private final class Told {
        private final Words words;
        private final PromptTokens tokens;
        private final EpisodeSource episodes;

        Told(PromptTrainingConfig.Words asked) {
            PromptTrainingConfig config = recipe(asked, "");
            EpisodeSource.Photographs photographs = new EpisodeSource.Photographs(new PaintedPhotos(), TaskRegistry.all());
            WordLearning learnt = PromptTraining.learnWords(config, vqgan, photographs);
            SmallVocabulary vocabulary = SmallVocabulary.of(TinyModel.CODES, config.model().xpTokens()).with(learnt.tokenizer(), "tokenizer.json");
            ImageTokens image = new ImageTokens(vocabulary.names(), vocabulary.size(), "test");
            words = new Words(learnt.tokenizer(), image, vocabulary.size(), "tokenizer.json");
            tokens = new XPromptConfig(vocabulary.xpIds(), TinyModel.SIDE, config.batch().arrangement(), List.of("negative"), List.of()).tokens(image);
            episodes = new EpisodeSource(backend, vqgan, config, photographs, tokens, words);
        }

        /** Each picture as {@code #}, each text as it reads, each end of turn as {@code |}. */
        String read(int[] ids) {
            StringBuilder out = new StringBuilder();
            List<Integer> text = new ArrayList<>();
            for (int id : ids) {
                if (words.isDrawable(id)) {
                    text.add(id);
                    continue;
                }
                out.append(words.text(text.stream().mapToInt(Integer::intValue).toArray()));
                text.clear();
                out.append(id == tokens.boi() ? "#" : id == tokens.separator() ? "|" : id == tokens.bos() ? "^" : "");
            }
            return out.append(words.text(text.stream().mapToInt(Integer::intValue).toArray())).toString();
        }

        /** What the labels ask for. */
        String asked(PromptLayout layout) {
            return read(Arrays.stream(layout.labels()).filter(id -> id != CrossEntropySpec.IGNORED).toArray());
        }
    }

    @Test
    void everyBatchAsksForWhatItsKindSays() {
        Told told = new Told(ALL);
        for (Map.Entry<Asked, List<List<PromptLayout>>> kind : told.episodes.validation().entrySet()) {
            Set<String> read = new HashSet<>();
            for (PromptLayout layout : kind.getValue().stream().flatMap(List::stream).toList()) {
                String text = told.read(layout.ids());
                read.add(text);
                assertThat(text).endsWith("|");
                switch (kind.getKey()) {
                    case EDIT -> {
                        assertThat(layout.indicesOf(SegmentKind.XP)).isNotEmpty();
                        assertThat(text).matches("\\^[a-z ,]*##[a-z ,]*#\\|#\\|");
                        assertThat(told.asked(layout)).isEqualTo("#|");
                    }
                    case DIFFERENCE -> {
                        assertThat(text).matches(Pattern.quote(Questions.DIFFERENCE) + "##\\|[a-z, ]+\\|");
                        assertThat(told.asked(layout)).matches("[a-z, ]+\\|");
                    }
                    case CAPTION -> {
                        assertThat(text).matches(Pattern.quote(Questions.CAPTION) + "#\\|[a-z, ]+\\|");
                        assertThat(Scene.COLOURS.stream().anyMatch(told.asked(layout)::contains)).as(text).isTrue();
                    }
                    case SCENE -> {
                        assertThat(text).matches("(\\^|[a-z, ]+\\|)#\\|");
                        assertThat(told.asked(layout)).isEqualTo("#|");
                    }
                }
            }
            assertThat(read).as(kind.getKey() + " varies").hasSizeGreaterThan(3);
            if (kind.getKey() == Asked.SCENE) {
                assertThat(read).as("some ask for nothing, for guidance").contains("^#|");
            }
        }
        assertThat(told.episodes.validation().keySet()).containsExactly(Asked.values());
    }

    @Test
    void withoutAnExampleEditsAreAskedForInWords() {
        Told told = new Told(new PromptTrainingConfig.Words(60, "", 1, 0, 0, 0, 0, 0));
        int alone = 0;
        int said = 0;
        for (int step = 0; step < 60; step++) {
            for (PromptLayout layout : told.episodes.training(step)) {
                if (layout.segments().size() == 1) {
                    alone++;
                    said += told.read(layout.ids()).matches("[a-z ,]+#\\|#\\|") ? 1 : 0;
                } else {
                    assertThat(told.read(layout.ids())).as("words.instruction is 0").isEqualTo("^###|#|");
                }
            }
        }
        assertThat(alone).isPositive();
        assertThat(said / (double) alone).as("all but those of a task without words, and a tenth").isBetween(0.5, 0.9);
    }

    @Test
    void theTokenizerIsAFunctionOfTheRecipeAndKnowsItsWords() {
        Told one = new Told(ALL);
        Told two = new Told(ALL);
        assertThat(one.words.part("make it a negative").ids()).isEqualTo(two.words.part("make it a negative").ids()).hasSizeLessThan("make it a negative".length());
    }

    private Path write(String name, PromptTrainingConfig.Words words, String startFrom) {
        PromptTrainingConfig config = recipe(words, startFrom);
        Path file = folder.resolve(name);
        AtomicFile.text(file, ConfigFile.write(config).replace("\"photos\" : \"-\"", "\"photos\" : \"" + Path.of("photos").toAbsolutePath() + "\""));
        return file;
    }

    private boolean run(Path config, Path out, int steps) {
        int[] done = {0};
        return new PromptTrainingRun(config, out).run(backend, () -> done[0] >= steps, new PromptTrainingRun.Listener() {
            @Override
            public void started(int step, int of, long parameters) {
                // nothing to show
            }

            @Override
            public void stepped(PromptTraining.StepResult result, double secondsOfStep) {
                done[0]++;
            }

            @Override
            public void checked(int step, Map<Asked, Float> validationLosses) {
                assertThat(validationLosses.values()).allMatch(loss -> loss > 0 && Float.isFinite(loss));
            }
        });
    }

    @Test
    void aModelGainsWordsAndKeepsWhatItHas() throws IOException {
        VqganCheckpoint.save(backend, vqgan, folder.resolve("tokenizer"), DType.F32);
        Path before = folder.resolve("before");
        assertThat(run(write("before.json", PromptTrainingConfig.Words.NONE, ""), before, 1000)).isTrue();
        Path config = write("after.json", ALL, "before/model");
        Path unbroken = folder.resolve("unbroken");
        Path broken = folder.resolve("broken");
        assertThat(run(config, unbroken, 1000)).isTrue();
        assertThat(run(config, broken, 3)).isFalse();
        assertThat(run(config, broken, 1000)).isTrue();
        for (String file : new String[] {"config.json", "model.safetensors", "xprompt_config.json", "tokenizer.json"}) {
            assertThat(Files.readAllBytes(broken.resolve("model").resolve(file))).as(file).isEqualTo(Files.readAllBytes(unbroken.resolve("model").resolve(file)));
        }
        assertThat(Files.readString(unbroken.resolve("checks.csv"))).startsWith("step,validation_loss,difference_loss,caption_loss,scene_loss");
        try (XPromptModel model = XPromptModel.open(unbroken.resolve("model"), "cpu")) {
            Picture picture = Picture.filled(TinyModel.SIDE, TinyModel.SIDE, 0x804020);
            String text = model.tell(new Context.None(), model.question(List.of(picture), Questions.CAPTION), TextOptions.greedy(8), piece -> { });
            assertThat(text).isNotNull();
            assertThat(model.generate(new Context.None(), model.question(List.of(), "a red star"), 1, GenerationOptions.recommended(), (code, of) -> { })).hasSize(1);
        }
        // A third run takes the words of the second one over.
        Path third = folder.resolve("third");
        run(write("third.json", new PromptTrainingConfig.Words(5, "", 1, 1, 1, 1, 0.7, 0.5), "unbroken/model"), third, 1);
        assertThat(Files.readString(third.resolve("tokenizer.json"))).isEqualTo(Files.readString(unbroken.resolve("tokenizer.json")));
    }

    @Test
    void firstStepsOfAModelThatGainsWordsAreThoseOfItsWeights() {
        PromptTrainingConfig config = recipe(ALL, "");
        EpisodeSource.Photographs photographs = new EpisodeSource.Photographs(new PaintedPhotos(), TaskRegistry.all());
        VqganCheckpoint.save(backend, vqgan, folder.resolve("tokenizer"), DType.F32);
        run(write("plain.json", PromptTrainingConfig.Words.NONE, ""), folder.resolve("plain"), 1000);
        try (PromptTraining training = new PromptTraining(backend, config, vqgan, photographs, PromptTraining.learnWords(config, vqgan, photographs), DType.F32);
                XPromptModel plain = XPromptModel.open(folder.resolve("plain/model"), "cpu")) {
            training.startFrom(folder.resolve("plain/model"));
            int hidden = config.model().hidden();
            int shared = SmallVocabulary.of(TinyModel.CODES, config.model().xpTokens()).size();
            float[] grown = training.model().embedding().value().slice(0, 0, shared).toFloatArray();
            assertThat(grown).hasSize(shared * hidden).isEqualTo(plain.chameleon().embedding().value().toFloatArray());
        }
    }

    @Test
    void contradictionsAreRefusedByName() {
        assertThatThrownBy(() -> new PromptTrainingConfig.Words(0, "", 1, 0.5, 0, 0, 0, 0)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("words.pieces");
        assertThatThrownBy(() -> new PromptTrainingConfig.Words(5, "", 0, 0.5, 0, 0, 0, 0)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("words.edit");
        assertThatThrownBy(() -> new PromptTrainingConfig.Words(5, "", 1, 0, 0, 0, 1.5, 0)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("words.instruction");
        VqganCheckpoint.save(backend, vqgan, folder.resolve("tokenizer"), DType.F32);
        Path config = write("sprites.json", new PromptTrainingConfig.Words(5, "nowhere", 1, 0, 0, 0, 1, 0), "");
        assertThatThrownBy(() -> run(config, folder.resolve("out"), 1)).isInstanceOf(InvalidInput.class).hasMessageContainingAll("nowhere", "sprites");
    }
}
