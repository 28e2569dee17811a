package org.xprompt4j.xprompt.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.inference.PictureTokenizer;
import org.xprompt4j.xprompt.inference.Words;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.prompt.Exchange;
import org.xprompt4j.xprompt.prompt.Part;
import org.xprompt4j.xprompt.prompt.PromptLayout;
import org.xprompt4j.xprompt.prompt.PromptTokens;
import org.xprompt4j.xprompt.scene.Scene;
import org.xprompt4j.xprompt.scene.SceneRequest;
import org.xprompt4j.xprompt.scene.SceneWords;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.task.TaskMixture;
import org.xprompt4j.xprompt.wording.Questions;

/**
 * The sequences of each training step, as a function of the step's number: photographs → task → pairs → codes → layouts.
 *
 * <p>A group of sequences shares one task and its parameters. Pair i is the example of pair i+1 (cyclically), so each picture is
 * tokenized once and used twice. A model with words is also asked what changed, what a scene shows, and to draw one.
 */
public final class EpisodeSource {
    private static final int VALIDATION_BATCHES = 4;
    private static final float UNASKED = 0.1f; // share of jobs without example that say nothing at all: guidance compares with them
    private static final float SHOWN_DIFFERENCES = 0.3f; // share of batches of differences that may have an example
    private static final float CAPTIONS_ASKED = 0.5f; // share of scenes that are asked for by all that can be told of them

    /**
     * What episodes are made of.
     *
     * @param source photographs with their split
     * @param tasks every known task; the configuration's mixture names some of them
     */
    public record Photographs(PhotoSource source, List<Task> tasks) {
        List<String> novelNames() {
            return tasks.stream().filter(Task::novel).map(Task::name).toList();
        }
    }

    private final PictureTokenizer tokenizer;
    private final PromptTrainingConfig config;
    private final PromptTokens tokens;
    private final Words words; // null for a model without
    private final PairSource training;
    private final PairSource checks;
    private Map<Asked, List<List<PromptLayout>>> validation;

    /** @param words null for a model without */
    EpisodeSource(Backend backend, Vqgan vqgan, PromptTrainingConfig config, Photographs photographs, PromptTokens tokens, Words words) {
        this.tokenizer = new PictureTokenizer(backend, vqgan);
        this.config = config;
        this.tokens = tokens;
        this.words = words;
        if (config.pictureSize() % tokenizer.reduction() != 0) {
            throw new InvalidInput("configuration: pictureSize " + config.pictureSize() + " must be a multiple of the tokenizer's reduction "
                    + tokenizer.reduction());
        }
        TaskMixture tasks = new TaskMixture(config.tasks(), photographs.tasks());
        this.training = new PairSource(photographs.source(), tasks, config, Split.TRAIN);
        this.checks = new PairSource(photographs.source(), tasks, config, Split.VALIDATION);
    }

    /** The batch of a step; steps count from 0. */
    List<PromptLayout> training(int step) {
        Philox random = Draws.of(config.seed(), "episode", step);
        Asked asked = words == null ? Asked.EDIT : Asked.draw(config.words(), random);
        return layouts(asked, mode(random), config.batch().answerNoise(), random, training, Split.TRAIN);
    }

    private ContextMode mode(Philox random) {
        PromptTrainingConfig.Batch batch = config.batch();
        double at = random.nextFloat() * (batch.compressed() + batch.full() + batch.none());
        return at < batch.compressed() ? ContextMode.COMPRESSED : at < batch.compressed() + batch.full() ? ContextMode.FULL : ContextMode.NONE;
    }

    /** Batches on validation photographs for all that this recipe asks, edits from compressed prompts; the same at every call. */
    Map<Asked, List<List<PromptLayout>>> validation() {
        if (validation == null) {
            validation = new LinkedHashMap<>();
            for (Asked asked : Asked.of(config.words())) {
                List<List<PromptLayout>> batches = new ArrayList<>();
                for (int i = 0; i < VALIDATION_BATCHES; i++) {
                    Philox random = Draws.of(config.seed(), asked == Asked.EDIT ? "validation" : "validation " + asked, i);
                    batches.add(layouts(asked, asked == Asked.EDIT ? ContextMode.COMPRESSED : ContextMode.NONE, 0, random, checks, Split.VALIDATION));
                }
                validation.put(asked, batches);
            }
        }
        return validation;
    }

    private List<PromptLayout> layouts(Asked asked, ContextMode mode, double noise, Philox random, PairSource pairs, Split split) {
        return switch (asked) {
            case EDIT -> edits(mode, noise, random, pairs, split);
            case DIFFERENCE -> differences(random.nextFloat() < SHOWN_DIFFERENCES ? mode : ContextMode.NONE, random, pairs, split);
            case CAPTION -> scenes(true, random, split);
            case SCENE -> scenes(false, random, split);
        };
    }

    private List<PromptLayout> edits(ContextMode mode, double noise, Philox random, PairSource pairs, Split split) {
        PromptTrainingConfig.Batch batch = config.batch();
        List<DrawnPair> drawn = new ArrayList<>();
        for (int at = 0; at < batch.sequences(); at += batch.group()) {
            drawn.addAll(words == null ? pairs.draw(random, batch.group()) : pairs.drawEitherWay(random, batch.group()));
        }
        int[][] codes = codes(drawn); // [2 · sequences][codes]: input, output, input, output ...
        List<Exchange> exchanges = new ArrayList<>();
        boolean said = false;
        for (int i = 0; i < drawn.size(); i++) {
            Exchange exchange = Exchange.pictures(codes[2 * i], codes[2 * i + 1]);
            if (words != null && (mode == ContextMode.NONE || i % batch.group() == 0)) {
                said = random.nextFloat() < (mode == ContextMode.NONE ? 1 - UNASKED : config.words().instruction());
            }
            exchanges.add(said && drawn.get(i).wording() != null ? exchange.withWords(ids(drawn.get(i).wording().ask(random, split))) : exchange);
        }
        List<PromptLayout> layouts = new ArrayList<>();
        for (int i = 0; i < exchanges.size(); i++) {
            int[] answer = codes[2 * i + 1];
            layouts.add(PromptLayout.training(tokens, mode, batch.arrangement(), batch.loss(), examples(exchanges, i), exchanges.get(i),
                    noise > 0 ? shown(answer, noise, random) : answer));
        }
        return layouts;
    }

    /** What sequence i sees as examples: the next ones of its group. */
    private List<Exchange> examples(List<Exchange> exchanges, int i) {
        PromptTrainingConfig.Batch batch = config.batch();
        int group = i - i % batch.group();
        List<Exchange> examples = new ArrayList<>();
        for (int e = 1; e <= batch.examples(); e++) {
            examples.add(exchanges.get(group + (i - group + e) % batch.group()));
        }
        return examples;
    }

    private List<PromptLayout> differences(ContextMode mode, Philox random, PairSource pairs, Split split) {
        PromptTrainingConfig.Batch batch = config.batch();
        int count = mode == ContextMode.NONE ? 2 * batch.sequences() : batch.sequences(); // as many tokens either way
        List<DrawnPair> drawn = new ArrayList<>();
        while (drawn.size() < count) {
            drawn.addAll(pairs.drawTold(random, mode == ContextMode.NONE ? 1 : batch.group()));
        }
        int[][] codes = codes(drawn);
        List<Exchange> exchanges = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            exchanges.add(new Exchange(Exchange.question(ids(Questions.DIFFERENCE), List.of(new Part.Image(codes[2 * i]), new Part.Image(codes[2 * i + 1]))),
                    List.of(new Part.Text(ids(drawn.get(i).wording().tell(random, split))))));
        }
        List<PromptLayout> layouts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            layouts.add(PromptLayout.training(tokens, mode, batch.arrangement(), batch.loss(), mode == ContextMode.NONE ? List.of() : examples(exchanges, i),
                    exchanges.get(i)));
        }
        return layouts;
    }

    /**
     * Scenes told, or drawn as they are asked for; four times as many as edits, for each is a quarter as long. No codes are replaced: words
     * leave open where a thing lies, so that here the answer so far is what is to go by.
     */
    private List<PromptLayout> scenes(boolean told, Philox random, Split split) {
        PromptTrainingConfig.Batch batch = config.batch();
        List<SceneRequest> requests = new ArrayList<>();
        List<Scene> scenes = new ArrayList<>();
        for (int i = 0; i < 4 * batch.sequences(); i++) {
            SceneRequest.Kind[] kinds = SceneRequest.Kind.values();
            requests.add(SceneRequest.draw(kinds[random.nextInt(kinds.length)], random));
            scenes.add(requests.getLast().scene(random));
        }
        int[][] codes = tokenizer.encode(scenes.stream().map(scene -> scene.draw(config.pictureSize())).toList());
        List<PromptLayout> layouts = new ArrayList<>();
        for (int i = 0; i < codes.length; i++) {
            Part picture = new Part.Image(codes[i]);
            if (told) {
                layouts.add(alone(new Exchange(Exchange.question(ids(Questions.CAPTION), List.of(picture)),
                        List.of(new Part.Text(ids(SceneWords.tell(scenes.get(i), random, split)))))));
            } else {
                layouts.add(alone(new Exchange(asked(requests.get(i), scenes.get(i), random, split), List.of(picture))));
            }
        }
        return layouts;
    }

    /** The words for a scene: nothing, a request, which leaves much open, or a caption, of which more of the picture follows. */
    private List<Part> asked(SceneRequest request, Scene scene, Philox random, Split split) {
        float at = random.nextFloat();
        if (at < UNASKED) {
            return List.of();
        }
        boolean caption = at >= 1 - CAPTIONS_ASKED && split == Split.TRAIN;
        return List.of(words.part(caption ? SceneWords.tell(scene, random, split) : SceneWords.ask(request, random, split)));
    }

    private PromptLayout alone(Exchange job) {
        return PromptLayout.training(tokens, ContextMode.NONE, config.batch().arrangement(), config.batch().loss(), List.of(), job);
    }

    private int[] ids(String text) {
        return words.part(text).ids();
    }

    private int[][] codes(List<DrawnPair> pairs) {
        List<Picture> pictures = new ArrayList<>();
        for (DrawnPair pair : pairs) {
            pictures.add(pair.pictures().input());
            pictures.add(pair.pictures().output());
        }
        return tokenizer.encode(pictures);
    }

    /** The answer as the model reads it: in a share of the sequences with codes replaced. */
    private int[] shown(int[] answer, double share, Philox random) {
        float rate = random.nextFloat() < share ? (float) config.batch().mostReplaced() * random.nextFloat() : 0;
        int codes = tokenizer.vqgan().config().codes();
        int[] shown = answer.clone();
        for (int i = 0; i < shown.length; i++) {
            if (random.nextFloat() < rate) {
                shown[i] = random.nextInt(codes);
            }
        }
        return shown;
    }
}
