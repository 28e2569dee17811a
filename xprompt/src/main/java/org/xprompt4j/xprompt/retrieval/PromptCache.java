package org.xprompt4j.xprompt.retrieval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.xprompt.data.Sha256;
import org.xprompt4j.xprompt.inference.CompressedPrompt;
import org.xprompt4j.xprompt.inference.Example;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.PictureReader;

/**
 * Pairs of an index as compressed prompts, made once for each model and kept beside the index: {@code prompts/FINGERPRINT/ID.xpc}. A
 * kept file is taken only if it was made from the same pictures and words; its note says from which.
 */
public final class PromptCache {
    private static final String FOLDER = "prompts";

    private final Path index;
    private final Consumer<String> notes;

    /**
     * @param index the folder of the index
     * @param notes told in a line when a kept file is of no use, or none can be kept
     */
    public PromptCache(Path index, Consumer<String> notes) {
        this.index = index;
        this.notes = notes;
    }

    /**
     * A prompt and whether it had to be made.
     *
     * @param prompt lives until the model is closed
     * @param file where it is kept
     * @param kept true when it was there
     */
    public record Entry(CompressedPrompt prompt, Path file, boolean kept) {
    }

    /**
     * The pair as a compressed prompt; its instruction is read too where the model has words.
     *
     * @throws InvalidInput when a picture is missing, unreadable or no longer the one that was indexed
     */
    public Entry prompt(XPromptModel model, IndexedPair pair) {
        String words = model.hasWords() ? pair.instruction() : "";
        String note = "pair " + pair.id() + ", content " + pair.content(words) + ": " + pair.instruction();
        Path file = index.resolve(FOLDER).resolve(model.fingerprint()).resolve(pair.id() + ".xpc");
        CompressedPrompt kept = read(model, file, note);
        if (kept != null) {
            return new Entry(kept, file, true);
        }
        requireUnchanged(pair.before(), pair.beforeHash());
        requireUnchanged(pair.after(), pair.afterHash());
        Example example = new Example(PictureReader.read(pair.before()), PictureReader.read(pair.after()), words);
        CompressedPrompt made = model.compress(List.of(example), note);
        try {
            AtomicFile.folder(file.getParent());
            made.writeTo(file);
        } catch (InvalidInput e) { // an index that others share may be read-only: the prompt serves this once
            notes.accept(e.getMessage() + "; the compressed example is not kept");
        }
        return new Entry(made, file, false);
    }

    /** Null when nothing is kept that can be used. */
    private CompressedPrompt read(XPromptModel model, Path file, String note) {
        if (!Files.exists(file)) {
            return null;
        }
        try {
            CompressedPrompt kept = model.read(file);
            if (kept.note().equals(note)) {
                return kept;
            }
            notes.accept(file + ": is of other pictures or words; compressing the example again");
        } catch (InvalidInput e) {
            notes.accept(e.getMessage() + " (doing so)");
        }
        return null;
    }

    private static void requireUnchanged(Path file, String hash) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new InvalidInput(file + ": the index names this picture, but it is not there; put it back or index again");
            }
            if (!Sha256.hex(file).equals(hash)) {
                throw new InvalidInput(file + ": is not the picture that was indexed; start the same 'xp index' again");
            }
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }
}
