package org.xprompt4j.xprompt.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.xprompt4j.tensor.InvalidInput;

/**
 * The folder that public models lie in, each in a folder of its name.
 *
 * @param folder may not exist yet
 */
public record ModelStore(Path folder) {
    /** The environment variable that names another folder than the usual one. */
    public static final String VARIABLE = "XP_MODELS";

    private static final String HOME = "xprompt4j.home"; // the property that the launcher sets

    /**
     * What {@code XP_MODELS} names, else {@code models} in the installation.
     *
     * @throws InvalidInput when there is neither
     */
    public static ModelStore usual() {
        String named = System.getenv(VARIABLE);
        if (named != null && !named.isBlank()) {
            return new ModelStore(Path.of(named));
        }
        String home = System.getProperty(HOME);
        if (home == null) {
            throw new InvalidInput("where models lie is not known here; set " + VARIABLE + "=DIR, start the program by its launcher, or pass -D" + HOME
                    + "=DIR to the JVM");
        }
        return new ModelStore(Path.of(home).resolve("models"));
    }

    /** Where a model lies or would lie. */
    public Path place(PublicModel model) {
        return folder.resolve(model.name());
    }

    /** True when all files of a model are there in their sizes; what they hold was checked when they were fetched. */
    public boolean holds(PublicModel model) {
        return model.parts().stream().allMatch(part -> hasSize(place(model).resolve(part.file()), part.bytes()));
    }

    private static boolean hasSize(Path file, long bytes) {
        try {
            return Files.isRegularFile(file) && Files.size(file) == bytes;
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be looked at (" + e.getMessage() + "); check permissions there", e);
        }
    }

    /**
     * The folder of a model that must be there.
     *
     * @throws InvalidInput with the command that fetches it
     */
    public Path require(PublicModel model) {
        if (!holds(model)) {
            throw new InvalidInput(place(model) + ": the model " + model.name() + " is not here or not whole; fetch it with: xp models get " + model.name());
        }
        return place(model);
    }
}
