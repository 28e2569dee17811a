package org.xprompt4j.xprompt.inference;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.JsonWriter;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.prompt.PromptTokens;

/**
 * What a model folder says beyond Hugging Face's {@code config.json}: {@code xprompt_config.json}.
 *
 * @param xpIds vocabulary ids of the X-Prompt tokens
 * @param pictureSize side of the square pictures in pixels
 * @param arrangement of several examples
 * @param trainedTasks names of the tasks it was trained on
 * @param novelTasks names of the tasks kept out of training, to be shown as novel
 */
public record XPromptConfig(int[] xpIds, int pictureSize, Arrangement arrangement, List<String> trainedTasks, List<String> novelTasks) {
    /** Its name in a model's folder. */
    public static final String FILE = "xprompt_config.json";
    private static final int MAX_XP = 4096;
    private static final int MAX_SIDE = 4096;

    /**
     * Reads the file of a model folder.
     *
     * @throws InvalidInput naming file and field
     */
    public static XPromptConfig read(Path folder, int vocabSize) {
        Json json = Json.read(folder.resolve(FILE));
        if (json.integer("format_version") != 1) {
            throw json.get("format_version").fault("must be 1, is " + json.get("format_version"));
        }
        int[] ids = json.ints("xp_ids");
        Set<Integer> distinct = new HashSet<>();
        for (int id : ids) {
            if (id < 0 || id >= vocabSize || !distinct.add(id)) {
                throw json.get("xp_ids").fault("must be distinct ids below vocab_size " + vocabSize + ", holds " + id);
            }
        }
        if (ids.length < 1 || ids.length > MAX_XP) {
            throw json.get("xp_ids").fault("must name 1 to " + MAX_XP + " tokens, names " + ids.length);
        }
        int size = json.positiveInt("picture_size");
        if (size > MAX_SIDE) {
            throw json.get("picture_size").fault("must be at most " + MAX_SIDE + ", is " + size);
        }
        Json arrangement = json.get("arrangement");
        Arrangement known = Arrays.stream(Arrangement.values()).filter(a -> a.name().equals(arrangement.asString())).findFirst()
                .orElseThrow(() -> arrangement.fault("must be one of " + Arrays.toString(Arrangement.values())));
        return new XPromptConfig(ids, size, known, json.get("trained_tasks").asStrings(), json.get("novel_tasks").asStrings());
    }

    /** Writes the file. */
    public void write(Path folder) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format_version", 1);
        json.put("xp_ids", xpIds);
        json.put("picture_size", pictureSize);
        json.put("arrangement", arrangement.name());
        json.put("trained_tasks", trainedTasks);
        json.put("novel_tasks", novelTasks);
        AtomicFile.text(folder.resolve(FILE), JsonWriter.pretty(json));
    }

    /** The tokens that prompts are made of. */
    public PromptTokens tokens(ImageTokens image) {
        return new PromptTokens(image.require(ImageTokens.BOS), image.require(ImageTokens.EOS), image.require(ImageTokens.BOI), image.require(ImageTokens.EOI),
                image.require(ImageTokens.SEP), xpIds, image::id);
    }
}
