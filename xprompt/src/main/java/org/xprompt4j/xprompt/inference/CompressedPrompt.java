package org.xprompt4j.xprompt.inference;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.xprompt4j.nn.chameleon.KvCache;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.ContentHash;
import org.xprompt4j.tensor.file.SafetensorsFile;
import org.xprompt4j.tensor.file.SafetensorsWriter;

/**
 * What stage 1 leaves of the examples: the keys (normed, rotated) and values of the X-Prompt tokens in every layer, and the
 * position at which the job goes on. Made once, used for any number of queries.
 *
 * <p>As a file ({@code .xpc}): safetensors with {@code layers.N.key} and {@code layers.N.value} [kvHeads, tokens, headDim] and
 * metadata {@code format} (xprompt-compressed), {@code format_version} (2), {@code fingerprint} of model and tokenizer,
 * {@code next_position}, {@code note} and {@code content_sha256}: SHA-256 over the lines {@code fingerprint},
 * {@code next_position} and {@code note}, then the bytes of key and value of each layer in order. Files of version 1 had no hash
 * and are refused: making them again takes seconds.
 */
public final class CompressedPrompt {
    private static final String FORMAT = "xprompt-compressed";
    private static final String VERSION = "2"; // 1 had no content_sha256
    private static final int MAX_POSITION = 1 << 24;

    private final Backend backend;
    private final List<KvCache.Entries> layers; // keys, values [tokens, kvHeads, headDim]
    private final int nextPosition;
    private final String fingerprint;
    private final String note;

    /**
     * @param layers one entry per layer, keys and values [tokens, kvHeads, headDim]
     * @param nextPosition position of the job's first token: |IE| + |XP|
     * @param fingerprint of the model that made it
     * @param note what the examples show, for people
     */
    CompressedPrompt(Backend backend, List<KvCache.Entries> layers, int nextPosition, String fingerprint, String note) {
        this.backend = backend;
        this.layers = List.copyOf(layers);
        this.nextPosition = nextPosition;
        this.fingerprint = fingerprint;
        this.note = note;
    }

    /** Keys and values of every layer, [tokens, kvHeads, headDim]. */
    public List<KvCache.Entries> layers() {
        return layers;
    }

    /** Number of X-Prompt tokens. */
    public int tokens() {
        return layers.getFirst().keys().size(0);
    }

    /** Position of the token that follows the X-Prompt tokens. */
    public int nextPosition() {
        return nextPosition;
    }

    /** Fingerprint of the model that made it. */
    public String fingerprint() {
        return fingerprint;
    }

    /** What its maker says of the task. */
    public String note() {
        return note;
    }

    /**
     * The same prompt with some of its X-Prompt tokens alone, to see what the others were for. Keys know their positions, so nothing moves.
     *
     * @param keep    receives the keys and values
     * @param indices of the tokens that stay, ascending; at least one
     */
    public CompressedPrompt only(MemoryScope keep, int... indices) {
        Ops ops = new Ops(backend, keep);
        Tensor rows = keep.of(indices, indices.length);
        List<KvCache.Entries> chosen = new ArrayList<>();
        for (KvCache.Entries layer : layers) {
            chosen.add(new KvCache.Entries(rows(ops, layer.keys(), rows), rows(ops, layer.values(), rows)));
        }
        return new CompressedPrompt(backend, chosen, nextPosition, fingerprint, note);
    }

    /** Rows of x [tokens, kvHeads, headDim]. */
    private static Tensor rows(Ops ops, Tensor x, Tensor rows) {
        return ops.embedding(x.reshape(x.dim(0), -1), rows).reshape(rows.dim(0), x.dim(1), x.dim(2));
    }

    /** Bytes of keys and values. */
    public long byteSize() {
        return layers.stream().mapToLong(l -> l.keys().byteSize() + l.values().byteSize()).sum();
    }

    /** Writes the file, whole or not at all. */
    public void writeTo(Path file) {
        SafetensorsWriter writer = new SafetensorsWriter()
                .metadata("format", FORMAT)
                .metadata("format_version", VERSION)
                .metadata("fingerprint", fingerprint)
                .metadata("next_position", Integer.toString(nextPosition))
                .metadata("note", note);
        ContentHash hash = hashOf(fingerprint, nextPosition, note);
        try (MemoryScope scope = backend.openScope("compressed prompt being written")) {
            for (int i = 0; i < layers.size(); i++) {
                Tensor keys = swapped(backend, scope, layers.get(i).keys());
                Tensor values = swapped(backend, scope, layers.get(i).values());
                hash.tensor(keys).tensor(values);
                writer.add("layers." + i + ".key", keys).add("layers." + i + ".value", values);
            }
            writer.metadata("content_sha256", hash.hex()).writeTo(file);
        }
    }

    private static ContentHash hashOf(String fingerprint, int nextPosition, String note) {
        return new ContentHash().text(fingerprint + "\n" + nextPosition + "\n" + note + "\n");
    }

    /** Float32 copy with the first two dimensions exchanged: in memory tokens come first, in the file heads. */
    private static Tensor swapped(Backend backend, MemoryScope scope, Tensor from) {
        Tensor out = scope.allocate(DType.F32, from.dim(1), from.dim(0), from.dim(2));
        backend.copy(from.permute(1, 0, 2), out);
        return out;
    }

    /**
     * Reads a file for a model.
     *
     * @param scope receives the tensors
     * @param layers layers of the model
     * @param entry [kvHeads, headDim] of the model
     * @param fingerprint of the model
     * @throws InvalidInput when the file is no compressed prompt or was made by another model or tokenizer
     */
    static CompressedPrompt read(Path file, Backend backend, MemoryScope scope, int layers, Shape entry, String fingerprint) {
        try (SafetensorsFile stored = SafetensorsFile.open(file); MemoryScope reading = backend.openScope("compressed prompt being read")) {
            Map<String, String> metadata = stored.metadata();
            require(FORMAT.equals(metadata.get("format")), file, "format", "this is not a compressed prompt; make one with: xp compress");
            require(VERSION.equals(metadata.get("format_version")), file, "format_version",
                    "is " + shorten(metadata.get("format_version")) + ", this version reads " + VERSION + "; compress the examples again");
            require(fingerprint.equals(metadata.get("fingerprint")), file, "fingerprint",
                    "was made by another model or tokenizer (" + shorten(metadata.get("fingerprint")) + ", the model given is "
                            + shorten(fingerprint) + "); compress the examples again with this model");
            int nextPosition = position(file, metadata.get("next_position"));
            String note = metadata.getOrDefault("note", "");
            ContentHash hash = hashOf(fingerprint, nextPosition, note);
            List<KvCache.Entries> entries = new ArrayList<>();
            Shape shape = null;
            for (int i = 0; i < layers; i++) {
                String keyName = "layers." + i + ".key";
                String valueName = "layers." + i + ".value";
                Tensor key = tensor(stored, file, keyName, entry, shape);
                shape = key.shape();
                Tensor value = tensor(stored, file, valueName, entry, shape);
                hash.tensor(key).tensor(value);
                entries.add(new KvCache.Entries(read(backend, reading, key, file, keyName), read(backend, reading, value, file, valueName)));
            }
            require(stored.names().size() == 2 * layers, file, "layers", "holds " + stored.names().size() + " tensors, the model has " + layers + " layers");
            require(nextPosition > shape.dim(1), file, "next_position", "is " + nextPosition + ", but " + shape.dim(1) + " tokens stand behind an example");
            require(hash.hex().equals(metadata.get("content_sha256")), file, "content_sha256",
                    "does not fit the content; the file was damaged or edited, copy it again or compress the examples again");
            for (KvCache.Entries kept : entries) { // nothing of a refused file stays in the caller's scope
                reading.moveTo(scope, kept.keys());
                reading.moveTo(scope, kept.values());
            }
            return new CompressedPrompt(backend, entries, nextPosition, fingerprint, note);
        }
    }

    private static Tensor tensor(SafetensorsFile stored, Path file, String name, Shape entry, Shape expected) {
        require(stored.contains(name), file, name, "is missing");
        Tensor tensor = stored.tensor(name);
        boolean fits = tensor.rank() == 3 && tensor.dim(1) >= 1 && tensor.dim(0) == entry.dim(0) && tensor.dim(2) == entry.dim(1)
                && tensor.dtype().isFloating() && (expected == null || tensor.shape().equals(expected));
        require(fits, file, name, "is " + tensor.dtype() + tensor.shape() + ", must be [" + entry.dim(0) + ", tokens, " + entry.dim(1) + "] floats, equal in all layers");
        return tensor;
    }

    private static int position(Path file, String text) {
        require(text != null && text.matches("[0-9]{1,8}") && Integer.parseInt(text) <= MAX_POSITION, file, "next_position",
                "is " + shorten(text) + ", must be a number up to " + MAX_POSITION);
        return Integer.parseInt(text);
    }

    private static Tensor read(Backend backend, MemoryScope scope, Tensor stored, Path file, String name) {
        Tensor out = swapped(backend, scope, stored);
        // A sum of squares is finite only if all values are.
        require(Double.isFinite(backend.sumOfSquares(out)), file, name, "holds values that are not finite");
        return out;
    }

    /** The start of a text that some file claims, fit for a message. */
    private static String shorten(String text) {
        return text == null ? "none" : text.substring(0, Math.min(12, text.length())).replaceAll("\\p{Cntrl}", "?");
    }

    private static void require(boolean condition, Path file, String field, String message) {
        if (!condition) {
            throw new InvalidInput(file + ": " + field + ": " + message);
        }
    }
}
