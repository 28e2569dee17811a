package org.xprompt4j.xprompt.course;

import java.nio.file.Path;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.xprompt.data.Crops;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.Picture;

/** What chapters work with, opened when first asked for: a device, a model, photographs. */
public final class Materials implements AutoCloseable {
    private static final long SEED = 1;

    private final String device;
    private final Path modelFolder;
    private final Path wordsFolder;
    private final Path photoFolder;
    private final boolean brief;
    private Backend backend;
    private XPromptModel model;
    private XPromptModel wordsModel;
    private PhotoSource photos;

    /**
     * @param device      that computes, such as {@code cpu}
     * @param modelFolder a model folder
     * @param wordsFolder a model folder with words
     * @param photoFolder photographs as {@code xp data prepare} makes them
     * @param brief       small sizes and few repetitions, for tests and machines in a hurry
     */
    public Materials(String device, Path modelFolder, Path wordsFolder, Path photoFolder, boolean brief) {
        this.device = device;
        this.modelFolder = modelFolder;
        this.wordsFolder = wordsFolder;
        this.photoFolder = photoFolder;
        this.brief = brief;
    }

    /** Small sizes and few repetitions are wanted. */
    public boolean brief() {
        return brief;
    }

    /** {@code whole}, or {@code small} where it is to be brief. */
    public int size(int whole, int small) {
        return brief ? small : whole;
    }

    /** The device that computes. */
    public Backend backend() {
        if (backend == null) {
            backend = Backends.open(device);
        }
        return backend;
    }

    /** The model that is looked at, opened on first use. */
    public XPromptModel model() {
        if (model == null) {
            model = XPromptModel.open(modelFolder, device);
        }
        return model;
    }

    /** The model with words that is looked at, opened on first use. */
    public XPromptModel wordsModel() {
        if (wordsModel == null) {
            wordsModel = XPromptModel.open(wordsFolder, device);
        }
        return wordsModel;
    }

    /** The photographs, read on first use. */
    public PhotoSource photos() {
        if (photos == null) {
            photos = PhotoSource.open(photoFolder);
        }
        return photos;
    }

    /** The i-th photograph that no training saw, a crop as large as the model's pictures: the same at every call. */
    public Picture testPhoto(int i) {
        return testPhoto(i, model().config().pictureSize());
    }

    /** The same crop at another size. */
    public Picture testPhoto(int i, int size) {
        return photo(Split.TEST, i, size);
    }

    /** The i-th photograph for training, a crop as large as the model's pictures. */
    public Picture trainingPhoto(int i) {
        return photo(Split.TRAIN, i, model().config().pictureSize());
    }

    private Picture photo(Split split, int i, int size) {
        int[] all = photos().indices(split);
        return Crops.draw(photos(), all[i % all.length], i / all.length, size, SEED);
    }

    @Override
    public void close() {
        if (model != null) {
            model.close();
        }
        if (wordsModel != null) {
            wordsModel.close();
        }
        if (backend != null) {
            backend.close();
        }
    }
}
