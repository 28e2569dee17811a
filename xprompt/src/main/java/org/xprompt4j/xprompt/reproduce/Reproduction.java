package org.xprompt4j.xprompt.reproduce;

import java.nio.file.Files;
import java.nio.file.Path;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.tensor.file.Json;

/**
 * Recognises a fixture folder by its files and computes what it pins down. Only inputs are read, never the expected values
 * that lie beside them, so a folder stripped to its inputs gives the same file.
 */
public final class Reproduction {
    private Reproduction() {
    }

    /** The kinds of folders that are computed here. */
    public enum Kind {
        /** A Chameleon transformer with its image tokenizer. */
        CHAMELEON,
        /** An image tokenizer alone. */
        VQGAN,
        /** Pairs of pictures to compare. */
        METRICS,
        /** A text tokenizer. */
        TOKENIZER,
        /** CLIP's text encoder. */
        CLIP_TEXT
    }

    /**
     * Computes a folder and writes the result, whole or not at all.
     *
     * @param out safetensors for models, JSON for metrics and tokenizers
     * @return what the folder was
     * @throws InvalidInput naming file and field when the folder is of no known kind or an input is missing or malformed
     */
    public static Kind run(Backend backend, Path folder, Path out) {
        Kind kind = recognise(folder);
        AtomicFile.requireWritable(out);
        switch (kind) {
            case CHAMELEON -> ChameleonReproduction.run(backend, folder, out);
            case VQGAN -> VqganReproduction.run(backend, folder, out);
            case METRICS -> MetricsReproduction.run(folder, out);
            case TOKENIZER -> TokenizerReproduction.run(folder, out);
            case CLIP_TEXT -> ClipTextReproduction.run(backend, folder, out);
        }
        return kind;
    }

    private static Kind recognise(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInput(folder + ": " + (Files.exists(folder) ? "is not a folder" : "no such folder"));
        }
        Path config = folder.resolve("config.json");
        if (Files.exists(config)) {
            Json json = Json.read(config);
            String type = json.string("model_type", "");
            if (type.equals("chameleon")) {
                return Kind.CHAMELEON;
            }
            if (json.has("ddconfig")) {
                return Kind.VQGAN;
            }
            if (type.equals("clip_text_model")) {
                return Kind.CLIP_TEXT;
            }
            throw new InvalidInput(config + ": neither model_type \"chameleon\" nor ddconfig; this kind of folder is not known");
        }
        if (Files.exists(folder.resolve("images.safetensors"))) {
            return Kind.METRICS;
        }
        if (Files.exists(folder.resolve("tokenizer.json"))) {
            return Kind.TOKENIZER;
        }
        throw new InvalidInput(folder + ": holds none of config.json, images.safetensors and tokenizer.json; this kind of folder is not known");
    }
}
