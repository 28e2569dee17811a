package org.xprompt4j.xprompt.training;

import java.util.ArrayList;
import java.util.List;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.xprompt.data.Crops;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.inference.PictureTokenizer;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.prompt.Exchange;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.prompt.PromptLayout;
import org.xprompt4j.xprompt.prompt.PromptTokens;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.task.TaskMixture;

/**
 * The sequences of each training step, as a function of the step's number: photographs → task → pairs → codes → layouts.
 *
 * <p>A group of sequences shares one task and its parameters. Pair i is the example of pair i+1 (cyclically), so each picture is
 * tokenized once and used twice.
 */
public final class EpisodeSource {
    private static final int VALIDATION_BATCHES = 4;

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
    private final PhotoSource source;
    private final PromptTokens tokens;
    private final TaskMixture tasks;
    private List<List<PromptLayout>> validation;

    EpisodeSource(Backend backend, Vqgan vqgan, PromptTrainingConfig config, Photographs photographs, PromptTokens tokens) {
        this.tokenizer = new PictureTokenizer(backend, vqgan);
        this.config = config;
        this.source = photographs.source();
        this.tokens = tokens;
        this.tasks = new TaskMixture(config.tasks(), photographs.tasks());
        if (tasks.isEmpty()) {
            throw new InvalidInput("configuration: the weights of tasks are all zero");
        }
        if (config.pictureSize() % tokenizer.reduction() != 0) {
            throw new InvalidInput("configuration: pictureSize " + config.pictureSize() + " must be a multiple of the tokenizer's reduction "
                    + tokenizer.reduction());
        }
        requirePhotos(Split.TRAIN);
    }

    private int[] requirePhotos(Split split) {
        int[] indices = source.indices(split);
        if (indices.length < 2) {
            throw new InvalidInput("configuration: photos: hold " + indices.length + " of split " + split + ", at least 2 are needed; "
                    + "make a larger pack with: xp data prepare");
        }
        return indices;
    }

    /** The batch of a step; steps count from 0. */
    List<PromptLayout> training(int step) {
        Philox random = Draws.of(config.seed(), "episode", step);
        PromptTrainingConfig.Batch batch = config.batch();
        double at = random.nextFloat() * (batch.compressed() + batch.full() + batch.none());
        ContextMode mode = at < batch.compressed() ? ContextMode.COMPRESSED
                : at < batch.compressed() + batch.full() ? ContextMode.FULL : ContextMode.NONE;
        return layouts(mode, batch.answerNoise(), random, requirePhotos(Split.TRAIN), batch.sequences());
    }

    /** Compressed prompts on validation photographs, the same at every call. */
    List<List<PromptLayout>> validation() {
        if (validation == null) {
            int[] photos = source.indices(Split.VALIDATION).length >= 2 ? source.indices(Split.VALIDATION) : requirePhotos(Split.TEST);
            validation = new ArrayList<>();
            for (int i = 0; i < VALIDATION_BATCHES; i++) {
                validation.add(layouts(ContextMode.COMPRESSED, 0, Draws.of(config.seed(), "validation", i), photos, config.batch().sequences()));
            }
        }
        return validation;
    }

    private List<PromptLayout> layouts(ContextMode mode, double noise, Philox random, int[] photos, int sequences) {
        PromptTrainingConfig.Batch batch = config.batch();
        List<Picture> pictures = new ArrayList<>();
        for (int at = 0; at < sequences; at += batch.group()) {
            drawGroup(random, photos, pictures);
        }
        int[][] codes = tokenizer.encode(pictures); // [2 · sequences][codes]: input, output, input, output ...
        List<PromptLayout> layouts = new ArrayList<>();
        for (int i = 0; i < sequences; i++) {
            int group = i - i % batch.group();
            List<Exchange> examples = new ArrayList<>();
            for (int e = 1; e <= batch.examples(); e++) {
                int at = group + (i - group + e) % batch.group();
                examples.add(Exchange.pictures(codes[2 * at], codes[2 * at + 1]));
            }
            layouts.add(PromptLayout.training(tokens, mode, batch.arrangement(), batch.loss(), examples,
                    Exchange.pictures(codes[2 * i], codes[2 * i + 1]), noise > 0 ? shown(codes[2 * i + 1], noise, random) : codes[2 * i + 1]));
        }
        return layouts;
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

    /** One task with one set of parameters on {@code group} different photographs. */
    private void drawGroup(Philox random, int[] photos, List<Picture> pictures) {
        Task.Instance task = tasks.draw(random).draw(random);
        int[] order = photos.clone();
        int group = config.batch().group();
        for (int i = 0; i < group; i++) {
            int pick = i < order.length ? i + random.nextInt(order.length - i) : random.nextInt(order.length);
            int photo = order[pick];
            if (i < order.length) {
                order[pick] = order[i];
                order[i] = photo;
            }
            Picture crop = Crops.draw(source, photo, random.nextInt() & 0xffffffffL, config.pictureSize(), config.seed());
            Task.Pair pair = task.make(crop, random);
            pictures.add(pair.input());
            pictures.add(pair.output());
        }
    }
}
