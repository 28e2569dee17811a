package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import org.xprompt4j.nn.Checkpoint;
import org.xprompt4j.xprompt.inference.XPromptModel;
import picocli.CommandLine.Option;

/** Which model to use, on which device. */
public final class ModelOptions {
    @Option(names = "--model", paramLabel = "DIR",
            description = "model folder (config.json, model.safetensors, xprompt_config.json); default: the one shipped with the program, the one with words where words are said")
    private Path model;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", converter = DeviceName.class, description = DeviceName.DESCRIPTION)
    private String device;

    @Option(names = "--weights", paramLabel = "TYPE", defaultValue = "as_stored",
            description = "weights in memory: f32, bf16, int8 (a quarter of f32's bytes, a little less exact), or as_stored; default: ${DEFAULT-VALUE}")
    private Checkpoint.Weights weights;

    /** The folder that was given, or the shipped one. */
    public Path folder() {
        return model != null ? model : Home.path("xprompt/models/demo");
    }

    /** The folder that was given, or the shipped one with words. */
    public Path wordsFolder() {
        return model != null ? model : Home.path("xprompt/models/words");
    }

    /** Name of the device as given. */
    public String device() {
        return device;
    }

    /** Opens the model. */
    public XPromptModel open() {
        return XPromptModel.open(folder(), device, weights);
    }

    /** Opens the model for something that is said or answered in words. */
    public XPromptModel openWithWords() {
        return XPromptModel.open(wordsFolder(), device, weights);
    }
}
