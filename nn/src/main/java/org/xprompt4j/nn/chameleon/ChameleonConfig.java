package org.xprompt4j.nn.chameleon;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.Json;

/**
 * The sizes and choices of a Chameleon model, as Hugging Face's {@code config.json} holds them. Fields that do not concern the
 * transformer ({@code vq_config}, {@code bos_token_id}, ...) are carried along and written back.
 *
 * @param vocabSize rows of the embedding and the head
 * @param hiddenSize width of the residual stream; heads · headDim
 * @param intermediateSize width of the feed-forward
 * @param layers number of decoder layers
 * @param heads query heads
 * @param kvHeads key and value heads; divides the query heads
 * @param maxPositions longest sequence of pre-training; not a limit here
 * @param rmsNormEps epsilon of all norms but those of queries and keys
 * @param ropeTheta base of the rotary frequencies
 * @param initializerRange standard deviation of first weights
 * @param swinNorm norms behind the sub-blocks instead of before them
 * @param tieWordEmbeddings the head is the embedding
 * @param attentionBias q, k, v and o projections have biases
 * @param mlpBias the feed-forward has biases
 * @param vocabularyMap token names to ids; empty when the file has none
 * @param otherFields all further fields by name
 */
public record ChameleonConfig(int vocabSize, int hiddenSize, int intermediateSize, int layers, int heads, int kvHeads,
        int maxPositions, float rmsNormEps, float ropeTheta, float initializerRange, boolean swinNorm, boolean tieWordEmbeddings,
        boolean attentionBias, boolean mlpBias, Map<String, Integer> vocabularyMap, Map<String, Object> otherFields) {
    /** File name in a model folder. */
    public static final String FILE = "config.json";
    /** Value of the field that says what kind of model it is. */
    public static final String MODEL_TYPE = "chameleon";

    private static final int MAX_SIZE = 1 << 24; // far above any model; keeps products of sizes inside 64 bits
    private static final int MAX_LAYERS = 4096;
    private static final Set<String> OWN_FIELDS = Set.of("model_type", "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
            "num_attention_heads", "num_key_value_heads", "max_position_embeddings", "rms_norm_eps", "rope_theta", "rope_parameters",
            "rope_scaling", "initializer_range", "swin_norm", "tie_word_embeddings", "attention_bias", "mlp_bias", "hidden_act",
            "attention_dropout", "head_dim", "vocabulary_map", "dtype", "torch_dtype");

    /** Refuses sizes that do not fit each other, naming the field. */
    public ChameleonConfig {
        check(inRange(vocabSize, MAX_SIZE), "vocab_size", "must be 1 to " + MAX_SIZE, vocabSize);
        check(inRange(hiddenSize, MAX_SIZE), "hidden_size", "must be 1 to " + MAX_SIZE, hiddenSize);
        check(inRange(intermediateSize, MAX_SIZE), "intermediate_size", "must be 1 to " + MAX_SIZE, intermediateSize);
        check(inRange(layers, MAX_LAYERS), "num_hidden_layers", "must be 1 to " + MAX_LAYERS, layers);
        check(heads >= 1 && hiddenSize % heads == 0, "num_attention_heads", "must divide hidden_size " + hiddenSize, heads);
        check(hiddenSize / heads % 2 == 0, "num_attention_heads",
                "must give heads of even size for the rotary embedding; hidden_size is " + hiddenSize, heads);
        check(kvHeads >= 1 && heads % kvHeads == 0, "num_key_value_heads", "must divide num_attention_heads " + heads, kvHeads);
        check(maxPositions >= 1, "max_position_embeddings", "must be positive", maxPositions);
        check(rmsNormEps > 0 && rmsNormEps < 1, "rms_norm_eps", "must be between 0 and 1", rmsNormEps);
        check(ropeTheta > 0 && Float.isFinite(ropeTheta), "rope_theta", "must be positive", ropeTheta);
        check(initializerRange >= 0 && initializerRange < 100, "initializer_range", "must be 0 to 100", initializerRange);
        vocabularyMap = Collections.unmodifiableMap(new LinkedHashMap<>(vocabularyMap));
        otherFields = Collections.unmodifiableMap(new LinkedHashMap<>(otherFields));
    }

    private static boolean inRange(int n, int max) {
        return n >= 1 && n <= max;
    }

    private static void check(boolean holds, String field, String rule, Object value) {
        if (!holds) {
            throw new InvalidInput("model configuration: " + field + " " + rule + ", is " + value);
        }
    }

    /** A new configuration with Chameleon's usual choices: pre-norm, untied head, theta 10000, eps 1e-5, first weights N(0, 0.02²). */
    public static ChameleonConfig of(int vocabSize, int hiddenSize, int intermediateSize, int layers, int heads, int kvHeads) {
        return new ChameleonConfig(vocabSize, hiddenSize, intermediateSize, layers, heads, kvHeads, 4096, 1e-5f, 10000f, 0.02f,
                false, false, false, false, Map.of(), Map.of());
    }

    /** The same with norms behind the sub-blocks, or before them. */
    public ChameleonConfig withSwinNorm(boolean swin) {
        return new ChameleonConfig(vocabSize, hiddenSize, intermediateSize, layers, heads, kvHeads, maxPositions, rmsNormEps, ropeTheta,
                initializerRange, swin, tieWordEmbeddings, attentionBias, mlpBias, vocabularyMap, otherFields);
    }

    /** The same with the head tied to the embedding, or not. */
    public ChameleonConfig withTiedHead(boolean tied) {
        return new ChameleonConfig(vocabSize, hiddenSize, intermediateSize, layers, heads, kvHeads, maxPositions, rmsNormEps, ropeTheta,
                initializerRange, swinNorm, tied, attentionBias, mlpBias, vocabularyMap, otherFields);
    }

    /** The same with biases in the projections of attention and feed-forward, or without. */
    public ChameleonConfig withBiases(boolean attention, boolean mlp) {
        return new ChameleonConfig(vocabSize, hiddenSize, intermediateSize, layers, heads, kvHeads, maxPositions, rmsNormEps, ropeTheta,
                initializerRange, swinNorm, tieWordEmbeddings, attention, mlp, vocabularyMap, otherFields);
    }

    /** The same with another vocabulary. */
    public ChameleonConfig withVocabularyMap(Map<String, Integer> vocabulary) {
        return new ChameleonConfig(vocabSize, hiddenSize, intermediateSize, layers, heads, kvHeads, maxPositions, rmsNormEps, ropeTheta,
                initializerRange, swinNorm, tieWordEmbeddings, attentionBias, mlpBias, vocabulary, otherFields);
    }

    /** The same with other further fields; values as {@code JsonWriter} takes them. */
    public ChameleonConfig withOtherFields(Map<String, Object> fields) {
        return new ChameleonConfig(vocabSize, hiddenSize, intermediateSize, layers, heads, kvHeads, maxPositions, rmsNormEps, ropeTheta,
                initializerRange, swinNorm, tieWordEmbeddings, attentionBias, mlpBias, vocabularyMap, fields);
    }

    /** Numbers in a head. */
    public int headDim() {
        return hiddenSize / heads;
    }

    /** The configuration of the picture tokenizer inside the file, if any; see the VQGAN for its fields. */
    public Optional<Json> vqConfig() {
        return otherFields.get("vq_config") instanceof Json json && json.isObject() ? Optional.of(json) : Optional.empty();
    }

    /** Reads {@code config.json} of a model folder. */
    public static ChameleonConfig read(Path folder) {
        return of(Json.read(folder.resolve(FILE)));
    }

    /**
     * Takes the configuration from a document.
     *
     * @throws InvalidInput naming file and field
     */
    public static ChameleonConfig of(Json json) {
        Json type = json.get("model_type");
        if (!type.asString().equals(MODEL_TYPE)) {
            throw type.fault("must be \"" + MODEL_TYPE + "\", is \"" + type.asString() + "\"");
        }
        if (!json.string("hidden_act", "silu").equals("silu")) {
            throw json.get("hidden_act").fault("must be \"silu\", is " + json.get("hidden_act"));
        }
        if (json.number("attention_dropout", 0) != 0) {
            throw json.get("attention_dropout").fault("must be 0, is " + json.get("attention_dropout"));
        }
        int vocabSize = json.positiveInt("vocab_size");
        int hiddenSize = json.positiveInt("hidden_size");
        int heads = json.positiveInt("num_attention_heads");
        if (json.has("head_dim") && (long) json.positiveInt("head_dim") * heads != hiddenSize) {
            throw json.get("head_dim").fault("must be hidden_size / num_attention_heads = " + hiddenSize + " / " + heads
                    + ", is " + json.get("head_dim"));
        }
        Map<String, Object> others = new LinkedHashMap<>();
        for (String field : json.fields()) {
            if (!OWN_FIELDS.contains(field)) {
                others.put(field, json.get(field));
            }
        }
        try {
            return new ChameleonConfig(vocabSize, hiddenSize, json.positiveInt("intermediate_size"),
                    json.positiveInt("num_hidden_layers"), heads, json.positiveInt("num_key_value_heads", heads),
                    json.positiveInt("max_position_embeddings", 4096), (float) json.number("rms_norm_eps", 1e-5), ropeTheta(json),
                    (float) json.number("initializer_range", 0.02), json.flag("swin_norm", false), json.flag("tie_word_embeddings", false),
                    json.flag("attention_bias", false), json.flag("mlp_bias", false), vocabulary(json, vocabSize), others);
        } catch (InvalidInput e) {
            throw e.getMessage().startsWith("model configuration: ")
                    ? new InvalidInput(json.source() + e.getMessage().substring("model configuration".length()), e) : e;
        }
    }

    /** New files keep theta under {@code rope_parameters}, old ones beside {@code rope_scaling}; only plain rotary angles are known. */
    private static float ropeTheta(Json json) {
        double theta = json.number("rope_theta", 10000);
        for (String field : new String[] {"rope_scaling", "rope_parameters"}) {
            if (json.has(field)) {
                Json rope = json.get(field);
                Json kind = rope.has("rope_type") ? rope.get("rope_type") : rope.has("type") ? rope.get("type") : null;
                if (kind != null && !kind.asString().equals("default")) {
                    throw kind.fault("must be \"default\", is " + kind + "; scaled rotary embeddings are not supported");
                }
                if (rope.number("partial_rotary_factor", 1) != 1) {
                    throw rope.get("partial_rotary_factor").fault("must be 1, is " + rope.get("partial_rotary_factor"));
                }
                theta = rope.number("rope_theta", theta);
            }
        }
        return (float) theta;
    }

    private static Map<String, Integer> vocabulary(Json json, int vocabSize) {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        if (json.has("vocabulary_map")) {
            Json map = json.get("vocabulary_map");
            for (String name : map.fields()) {
                Json id = map.get(name);
                long n = id.asLong();
                if (n < 0 || n >= vocabSize) {
                    throw id.fault("must be an id below vocab_size " + vocabSize + ", is " + n);
                }
                vocabulary.put(name, (int) n);
            }
        }
        return vocabulary;
    }

    /**
     * The fields of {@code config.json} in a fixed order, for {@code JsonWriter}.
     *
     * @param dtype element type of the weights as Hugging Face names it: {@code float32} or {@code bfloat16}
     */
    public Map<String, Object> toJson(String dtype) {
        Map<String, Object> out = new LinkedHashMap<>();
        if (!otherFields.containsKey("architectures")) {
            out.put("architectures", List.of("ChameleonForConditionalGeneration"));
        }
        out.put("model_type", MODEL_TYPE);
        out.put("dtype", dtype);
        out.put("vocab_size", vocabSize);
        out.put("hidden_size", hiddenSize);
        out.put("intermediate_size", intermediateSize);
        out.put("num_hidden_layers", layers);
        out.put("num_attention_heads", heads);
        out.put("num_key_value_heads", kvHeads);
        out.put("max_position_embeddings", maxPositions);
        out.put("hidden_act", "silu");
        out.put("rms_norm_eps", rmsNormEps);
        out.put("rope_theta", ropeTheta);
        Map<String, Object> rope = new LinkedHashMap<>(); // where newer readers look
        rope.put("rope_theta", ropeTheta);
        rope.put("rope_type", "default");
        out.put("rope_parameters", rope);
        out.put("initializer_range", initializerRange);
        out.put("swin_norm", swinNorm);
        out.put("tie_word_embeddings", tieWordEmbeddings);
        out.put("attention_bias", attentionBias);
        out.put("attention_dropout", 0.0);
        out.put("mlp_bias", mlpBias);
        otherFields.forEach(out::putIfAbsent);
        if (!vocabularyMap.isEmpty()) {
            out.put("vocabulary_map", vocabularyMap);
        }
        return out;
    }
}
