package org.xprompt4j.xprompt.inference;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.prompt.Part;
import org.xprompt4j.xprompt.text.TextStream;
import org.xprompt4j.xprompt.text.TextTokenizer;

/**
 * The words of a model: its text tokenizer, whose ids are those of the vocabulary, and which of them may be drawn as text. A model that
 * was trained without words has none.
 */
public final class Words {
    private final TextTokenizer tokenizer;
    private final boolean[] drawable; // [vocab]

    /**
     * Words over a vocabulary.
     *
     * @param where the tokenizer's file, for messages
     * @throws InvalidInput when tokenizer and vocabulary disagree
     */
    public Words(TextTokenizer tokenizer, ImageTokens image, int vocabSize, String where) {
        this.tokenizer = tokenizer;
        if (tokenizer.size() > vocabSize) {
            throw new InvalidInput(where + ": has ids up to " + (tokenizer.size() - 1) + ", config.json has a vocab_size of " + vocabSize);
        }
        for (String name : List.of(ImageTokens.BOS, ImageTokens.EOS, ImageTokens.BOI, ImageTokens.EOI, ImageTokens.SEP, ImageTokens.name(0))) {
            int expected = image.require(name);
            if (tokenizer.id(name) != expected) {
                throw new InvalidInput(where + ": gives '" + name + "' the id " + tokenizer.id(name) + ", vocabulary_map of config.json gives it " + expected);
            }
        }
        drawable = new boolean[vocabSize];
        for (int id = 0; id < tokenizer.size(); id++) {
            if (tokenizer.isToken(id) && !tokenizer.isSpecial(id) && image.code(id) < 0) {
                String name = tokenizer.decode(new int[] {id});
                drawable[id] = !name.startsWith("<") || name.equals("<"); // Meta's rule: none that begins like a special token, but the sign itself
            }
        }
    }

    /** The words of a model's folder, null when it holds no tokenizer. */
    static Words read(Path folder, ImageTokens image, int vocabSize) {
        Path file = folder.resolve(TextTokenizer.FILE);
        return Files.exists(file) ? new Words(TextTokenizer.read(file), image, vocabSize, file.toString()) : null;
    }

    /** A text as a part of a prompt; what looks like a special token in it is letters. */
    public Part.Text part(String text) {
        return new Part.Text(tokenizer.encodePlain(text));
    }

    /** The text of drawn ids. */
    public String text(int[] ids) {
        return tokenizer.decode(ids);
    }

    /** Text of ids as they are drawn. */
    public TextStream stream() {
        return tokenizer.stream(false);
    }

    /** True for ids that may be drawn as text. */
    public boolean isDrawable(int id) {
        return drawable[id];
    }

    /** Size of the vocabulary. */
    int vocabSize() {
        return drawable.length;
    }
}
