package org.xprompt4j.xprompt.training;

import java.util.ArrayList;
import java.util.List;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.vqvae.training.PictureBatches;
import org.xprompt4j.xprompt.data.Crops;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.task.TaskMixture;

/**
 * The tokenizer's batches: random crops of training photographs, some of them as a task shows or answers them, for these are
 * the pictures that the tokenizer will meet. A function of the step alone.
 */
public final class PhotoBatches implements PictureBatches {
    private final TokenizerConfig config;
    private final PhotoSource source;
    private final int[] photos; // indices of the training photographs
    private final TaskMixture tasks;

    /**
     * Batches of a run.
     *
     * @param known every task there is; the configuration names some
     * @throws InvalidInput when a task is unknown or novel, or there are no training photographs
     */
    public PhotoBatches(TokenizerConfig config, PhotoSource source, List<Task> known) {
        this.config = config;
        this.source = source;
        photos = source.indices(Split.TRAIN);
        if (photos.length == 0) {
            throw new InvalidInput(config.photos() + ": holds no photographs of split TRAIN; make a larger pack with: xp data prepare");
        }
        tasks = new TaskMixture(config.tasks(), known);
    }

    @Override
    public Batch at(int step) {
        int side = config.pictureSize();
        int each = 3 * side * side;
        float[] pixels = new float[config.batch() * each];
        for (int i = 0; i < config.batch(); i++) {
            byte[] rgb = picture(Draws.of(config.recipe().seed(), "tokenizer picture", step, i)).rgb();
            for (int j = 0; j < each; j++) {
                pixels[i * each + j] = (rgb[j] & 0xff) / 255f * 2 - 1;
            }
        }
        return new Batch(config.batch(), side, side, pixels);
    }

    private Picture picture(Philox random) {
        int photo = photos[random.nextInt(photos.length)];
        Picture crop = Crops.draw(source, photo, random.nextInt() & 0xffffffffL, config.pictureSize(), config.recipe().seed());
        if (random.nextFloat() >= config.taskShare()) {
            return crop;
        }
        Task.Pair pair = tasks.draw(random).draw(random).make(crop, random);
        return Draws.coin(random) ? pair.input() : pair.output();
    }

    /** The first crops of photographs that no training sees: validation, or test where there is none. */
    public List<Picture> heldOut() {
        int[] indices = source.indices(Split.VALIDATION).length > 0 ? source.indices(Split.VALIDATION) : source.indices(Split.TEST);
        if (indices.length == 0) {
            throw new InvalidInput(config.photos() + ": holds no photographs of split VALIDATION or TEST to measure on; "
                    + "make a larger pack with: xp data prepare");
        }
        List<Picture> out = new ArrayList<>();
        for (int i = 0; i < config.heldOut(); i++) {
            out.add(Crops.draw(source, indices[i % indices.length], i / indices.length, config.pictureSize(), 0));
        }
        return out;
    }

    @Override
    public String toString() {
        return photos.length + " photographs, tasks " + tasks.names();
    }
}
