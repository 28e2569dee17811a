package org.xprompt4j.nn.chameleon;

import java.nio.file.Path;
import java.util.Map;

import org.xprompt4j.nn.Checkpoint;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.tensor.file.JsonWriter;
import org.xprompt4j.tensor.file.SafetensorsWriter;
import org.xprompt4j.tensor.file.ShardedSafetensors;

/**
 * A model folder as Hugging Face writes it: {@code config.json} beside {@code model.safetensors} or shards with an index.
 * Tensors under {@code model.vqmodel.} (the picture tokenizer) and {@code xprompt.} are left to others, who get them by
 * {@link #weights}; any other tensor too many, too few or of another shape is an error that names file and tensor.
 *
 * <pre>{@code
 * try (ChameleonCheckpoint checkpoint = ChameleonCheckpoint.open(folder)) {
 *     Chameleon model = checkpoint.model(backend, scope, Checkpoint.Weights.F32);
 * }
 * }</pre>
 */
public final class ChameleonCheckpoint implements AutoCloseable {
    private final Path folder;
    private final ChameleonConfig config;
    private final ShardedSafetensors weights;

    private ChameleonCheckpoint(Path folder, ChameleonConfig config, ShardedSafetensors weights) {
        this.folder = folder;
        this.config = config;
        this.weights = weights;
    }

    /**
     * Reads the configuration and maps the weights.
     *
     * @throws InvalidInput naming file and field
     */
    public static ChameleonCheckpoint open(Path folder) {
        return new ChameleonCheckpoint(folder, ChameleonConfig.read(folder), ShardedSafetensors.open(folder));
    }

    /** The sizes, as {@code config.json} gives them. */
    public ChameleonConfig config() {
        return config;
    }

    /** All tensors of the folder, those of other parts included; valid until this checkpoint is closed. */
    public ShardedSafetensors weights() {
        return weights;
    }

    /** The model with weights copied to a scope, which may outlive this checkpoint. */
    public Chameleon model(Backend backend, MemoryScope scope, Checkpoint.Weights type) {
        Chameleon model = checked();
        Checkpoint.load(model, weights::tensor, backend, scope, type);
        return model;
    }

    /** The model over the mapped file itself, nothing copied; for devices of host memory, until this checkpoint is closed. */
    public Chameleon mappedModel() {
        Chameleon model = checked();
        model.forEachParameter((name, parameter) -> parameter.bind(weights.tensor(name)));
        return model;
    }

    private Chameleon checked() {
        Chameleon model = new Chameleon(config);
        Checkpoint.check(model, weights, folder.toString(), this::isForOthers);
        model.forEachParameter((name, parameter) -> {
            if (name.endsWith("_norm.weight") && !weights.shape(name).equals(biasShape(name))) { // q_norm and k_norm take several shapes
                throw new InvalidInput(folder + ": tensor '" + name + "' has shape " + weights.shape(name) + ", its bias has " + biasShape(name));
            }
        });
        return model;
    }

    private Shape biasShape(String weightName) {
        return weights.shape(weightName.substring(0, weightName.length() - "weight".length()) + "bias");
    }

    private boolean isForOthers(String name) {
        return name.startsWith("model.vqmodel.") || name.startsWith("xprompt.")
                || name.endsWith(".rotary_emb.inv_freq") // a constant that old files carry
                || config.tieWordEmbeddings() && name.equals("lm_head.weight"); // a second copy of the embedding
    }

    /**
     * Writes the folder; each file appears whole or not at all, the weights first.
     *
     * @param type F32 or BF16
     * @param others tensors of other parts by full name, written as they are
     */
    public static void save(Path folder, Backend backend, Chameleon model, DType type, Map<String, Tensor> others) {
        AtomicFile.folder(folder);
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
        try (MemoryScope scope = backend.openScope("saving " + folder.getFileName())) {
            Checkpoint.add(writer, model, backend, scope, type);
            others.forEach(writer::add);
            writer.writeTo(folder.resolve(ShardedSafetensors.SINGLE));
        }
        String dtype = type == DType.BF16 ? "bfloat16" : "float32";
        AtomicFile.text(folder.resolve(ChameleonConfig.FILE), JsonWriter.pretty(model.config().toJson(dtype)));
    }

    @Override
    public void close() {
        weights.close();
    }
}
