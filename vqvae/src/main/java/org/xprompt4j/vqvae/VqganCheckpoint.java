package org.xprompt4j.vqvae;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.xprompt4j.nn.Checkpoint;
import org.xprompt4j.nn.Parameter;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.tensor.file.ContentHash;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.JsonWriter;
import org.xprompt4j.tensor.file.SafetensorsWriter;
import org.xprompt4j.tensor.file.ShardedSafetensors;

/**
 * Reads and writes a tokenizer as a folder of {@code config.json} and {@code model.safetensors} under the public names
 * ({@code encoder.down.0.block.0.norm1.weight}). In a Hugging Face Chameleon the names have the prefix
 * {@code model.vqmodel.} and the decoder is missing; other tensors of a file are ignored.
 */
public final class VqganCheckpoint {
    private static final List<String> PREFIXES = List.of("", "model.vqmodel.", "vqmodel.");
    private static final String PROBE = "encoder.conv_in.weight";

    private VqganCheckpoint() {
    }

    /** True when a folder's {@code config.json} describes an image tokenizer, alone or within a Chameleon. */
    public static boolean isIn(Path folder) {
        Path config = folder.resolve("config.json");
        return Files.isRegularFile(config) && VqganConfig.isIn(Json.read(config));
    }

    /**
     * Loads the tokenizer of a model folder as float32.
     *
     * @param weights scope that will own the weights
     * @throws InvalidInput naming file and field or tensor
     */
    public static Vqgan load(Backend backend, MemoryScope weights, Path folder) {
        VqganConfig config = VqganConfig.read(Json.read(folder.resolve("config.json")));
        try (ShardedSafetensors files = ShardedSafetensors.open(folder)) {
            String prefix = PREFIXES.stream().filter(p -> files.contains(p + PROBE)).findFirst().orElseThrow(() -> new InvalidInput(
                    folder + ": no tensor is named " + PROBE + ", with or without the prefix model.vqmodel.; this folder holds no image tokenizer"));
            boolean withDecoder = files.names().stream().anyMatch(name -> name.startsWith(prefix + "decoder."));
            Vqgan vqgan = new Vqgan(config, withDecoder);
            Map<String, Parameter> parameters = vqgan.parameters();
            Checkpoint.load(vqgan, name -> {
                Tensor stored = files.tensor(prefix + name, parameters.get(name).shape().toArray());
                if (!stored.dtype().isFloating()) {
                    throw new InvalidInput(folder + ": tensor " + prefix + name + " has element type " + stored.dtype()
                            + ", weights must be F32, BF16 or F16");
                }
                return stored;
            }, backend, weights, Checkpoint.Weights.F32);
            return vqgan;
        }
    }

    /**
     * Writes a tokenizer into a folder, each file whole or not at all.
     *
     * @param dtype F32 or BF16
     */
    public static void save(Backend backend, Vqgan vqgan, Path folder, DType dtype) {
        if (dtype != DType.F32 && dtype != DType.BF16) {
            throw new IllegalArgumentException("a tokenizer is stored as F32 or BF16, not " + dtype);
        }
        AtomicFile.folder(folder);
        try (MemoryScope scope = backend.openScope("tokenizer being saved")) {
            SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
            Checkpoint.add(writer, vqgan, backend, scope, dtype);
            writer.writeTo(folder.resolve(ShardedSafetensors.SINGLE));
        }
        AtomicFile.text(folder.resolve("config.json"), JsonWriter.pretty(vqgan.config().toJson()));
    }

    /**
     * SHA-256 over all that decides which codes a picture gets (sizes, encoder, {@code quant_conv}, codebook), as 64
     * hexadecimal digits. Equal fingerprints mean exchangeable codes.
     */
    public static String fingerprint(Vqgan vqgan) {
        VqganConfig config = vqgan.config();
        ContentHash hash = new ContentHash();
        String sizes = "vqgan " + config.multipliers() + ' ' + config.resBlocks() + ' ' + config.attentionResolutions().stream().sorted().toList()
                + ' ' + config.resolution() + ' ' + config.normGroups() + ' ' + config.normalizeCodes() + ' ' + config.patchPath();
        hash.text(sizes);
        for (Map.Entry<String, Parameter> entry : vqgan.parameters().entrySet()) {
            String name = entry.getKey();
            if (name.startsWith("encoder.") || name.startsWith("quant_conv.") || name.startsWith("quantize.") || name.startsWith("patch.in.")) {
                Tensor value = entry.getValue().value();
                hash.text(name + ' ' + value.shape()).tensor(value);
            }
        }
        return hash.hex();
    }
}
