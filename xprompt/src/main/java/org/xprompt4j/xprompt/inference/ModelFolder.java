package org.xprompt4j.xprompt.inference;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.xprompt4j.nn.Checkpoint;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ChameleonCheckpoint;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.vqvae.Vqgan;

/**
 * A whole model on disk: {@code config.json} and {@code model.safetensors} (or shards) as Hugging Face's Chameleon, the picture
 * tokenizer with its decoder under {@code model.vqmodel.}, {@code xprompt.embed.weight} [S, hidden], {@code xprompt_config.json}.
 */
public final class ModelFolder {
    /** The learned X-Prompt embeddings, stored again beside the rows of the embedding table. */
    public static final String XP_EMBEDDING = "xprompt.embed.weight";
    private static final long HASHED_WHOLE = 1L << 28; // bytes; larger files are hashed at both ends
    private static final int CHUNK = 1 << 20;

    private ModelFolder() {
    }

    /**
     * Writes a model, each file whole or not at all.
     *
     * @param dtype F32 or BF16
     */
    public static void save(Path folder, Backend backend, Chameleon model, Vqgan vqgan, XPromptConfig config, DType dtype) {
        try (MemoryScope scope = backend.openScope("saving " + folder.getFileName())) {
            Map<String, Tensor> others = new LinkedHashMap<>();
            vqgan.forEachParameter((name, parameter) -> others.put("model.vqmodel." + name, convert(backend, scope, parameter.value(), dtype)));
            Tensor embedding = scope.allocate(DType.F32, config.xpIds().length, model.config().hiddenSize());
            backend.embedding(model.embedding().value(), scope.of(config.xpIds(), config.xpIds().length), embedding);
            others.put(XP_EMBEDDING, convert(backend, scope, embedding, dtype));
            ChameleonCheckpoint.save(folder, backend, model, dtype, others);
        }
        config.write(folder);
    }

    private static Tensor convert(Backend backend, MemoryScope scope, Tensor from, DType dtype) {
        Tensor out = scope.allocate(dtype, from.shape());
        backend.copy(from, out);
        return out;
    }

    /** Puts stored X-Prompt embeddings into their rows of the table, for checkpoints that carry them apart. */
    static void restoreXpEmbedding(Backend backend, ChameleonCheckpoint checkpoint, Chameleon model, int[] xpIds, Path folder) {
        if (!checkpoint.weights().contains(XP_EMBEDDING)) {
            return;
        }
        Tensor stored = checkpoint.weights().tensor(XP_EMBEDDING);
        Shape expected = Shape.of(xpIds.length, model.config().hiddenSize());
        if (!stored.shape().equals(expected) || !stored.dtype().isFloating()) {
            throw new InvalidInput(folder + ": tensor '" + XP_EMBEDDING + "' is " + stored.dtype() + stored.shape() + ", "
                    + XPromptConfig.FILE + " asks for floats " + expected);
        }
        for (int i = 0; i < xpIds.length; i++) {
            Checkpoint.upload(stored.select(0, i), model.embedding().value().select(0, xpIds[i]), backend);
        }
    }

    /**
     * SHA-256 over the names, sizes and contents of the folder's configuration and weights (files above 256 MB at both ends
     * only). Decides whether a compressed prompt belongs to a model.
     */
    public static String fingerprint(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> files = entries.filter(Files::isRegularFile)
                    .filter(f -> f.getFileName().toString().matches("config\\.json|xprompt_config\\.json|.*\\.safetensors"))
                    .sorted().toList();
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files) {
                long size = Files.size(file);
                digest.update((file.getFileName() + " " + size + "\n").getBytes(StandardCharsets.UTF_8));
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                    boolean whole = size <= HASHED_WHOLE;
                    update(digest, channel, 0, whole ? size : HASHED_WHOLE / 2);
                    if (!whole) {
                        update(digest, channel, size - HASHED_WHOLE / 2, size);
                    }
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new InvalidInput(folder + ": cannot be read (" + e.getMessage() + ")", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static void update(MessageDigest digest, FileChannel channel, long from, long to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        for (long at = from; at < to; ) {
            buffer.clear().limit((int) Math.min(CHUNK, to - at));
            int read = channel.read(buffer, at);
            if (read < 0) {
                throw new IOException("file became shorter while it was read");
            }
            at += read;
            digest.update(buffer.flip());
        }
    }
}
