package org.xprompt4j.nn.text;

import java.nio.file.Path;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.Json;

/**
 * Sizes of a CLIP text tower, the fields of Hugging Face's {@code clip_text_model} (XPROMPT, section 6).
 *
 * @param vocabSize {@code vocab_size}
 * @param hidden {@code hidden_size}
 * @param intermediate {@code intermediate_size}
 * @param layers {@code num_hidden_layers}
 * @param heads {@code num_attention_heads}
 * @param positions {@code max_position_embeddings}, most tokens of a text
 * @param projection {@code projection_dim}, size of the vector
 * @param eps {@code layer_norm_eps}
 * @param eos {@code eos_token_id}; the text's vector is taken at its first place, see {@link #endIsLargest}
 */
public record ClipTextConfig(int vocabSize, int hidden, int intermediate, int layers, int heads, int positions, int projection, float eps, int eos) {
    private static final int MOST = 1 << 20;

    /** Refuses sizes that do not fit each other, naming the field. */
    public ClipTextConfig {
        check(vocabSize, "vocab_size");
        check(hidden, "hidden_size");
        check(intermediate, "intermediate_size");
        check(layers, "num_hidden_layers");
        check(heads, "num_attention_heads");
        check(positions, "max_position_embeddings");
        check(projection, "projection_dim");
        if (hidden % heads != 0) {
            throw new InvalidInput("num_attention_heads must divide hidden_size " + hidden + ", is " + heads);
        }
        if (!(eps > 0 && eps < 1)) {
            throw new InvalidInput("layer_norm_eps must be between 0 and 1, is " + eps);
        }
        if (eos < 0 || eos >= vocabSize) {
            throw new InvalidInput("eos_token_id must be an id of the " + vocabSize + " of the vocabulary, is " + eos);
        }
    }

    /** True for configurations of the first releases, which give the id 2 whatever it is: the end is then the largest id of a text. */
    public boolean endIsLargest() {
        return eos == 2;
    }

    private static void check(int value, String field) {
        if (value < 1 || value > MOST) {
            throw new InvalidInput(field + " must be 1 to " + MOST + ", is " + value);
        }
    }

    /**
     * Reads {@code config.json} of a folder.
     *
     * @throws InvalidInput naming file and field
     */
    public static ClipTextConfig read(Path folder) {
        Path file = folder.resolve("config.json");
        Json json = Json.read(file);
        if (!json.string("model_type").equals("clip_text_model")) {
            throw json.get("model_type").fault("must be \"clip_text_model\", is \"" + json.string("model_type") + "\"");
        }
        if (!json.string("hidden_act", "quick_gelu").equals("quick_gelu")) {
            throw json.get("hidden_act").fault("must be \"quick_gelu\"");
        }
        int vocab = json.positiveInt("vocab_size");
        try {
            return new ClipTextConfig(vocab, json.positiveInt("hidden_size"), json.positiveInt("intermediate_size"), json.positiveInt("num_hidden_layers"),
                    json.positiveInt("num_attention_heads"), json.positiveInt("max_position_embeddings"), json.positiveInt("projection_dim"),
                    (float) json.number("layer_norm_eps", 1e-5), json.integer("eos_token_id", vocab - 1));
        } catch (InvalidInput e) {
            throw e.getMessage().startsWith(json.source()) ? e : new InvalidInput(file + ": " + e.getMessage(), e);
        }
    }
}
