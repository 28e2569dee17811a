package org.xprompt4j.xprompt.inspect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.SafetensorsFile;
import org.xprompt4j.tensor.file.ShardedSafetensors;
import org.xprompt4j.vqvae.TokenCache;
import org.xprompt4j.xprompt.inspect.Contents.TensorEntry;

/** Recognises files and folders by what is in them. */
public final class Inspector {
    private static final int MAX_PARTS = 200;

    private Inspector() {
    }

    /**
     * Looks into a file or folder.
     *
     * @throws InvalidInput when it is missing, damaged or of no kind known here
     */
    public static Contents inspect(Path path) {
        if (Files.isDirectory(path)) {
            return folder(path);
        }
        if (!Files.isRegularFile(path)) {
            throw new InvalidInput(path + ": no such file or folder");
        }
        Contents contents = file(path);
        if (contents == null) {
            throw new InvalidInput(path + ": not a kind of file that xp knows (.safetensors, .xpc, .codes, .json, or a folder of them)");
        }
        return contents;
    }

    /** Null for files of other kinds. */
    private static Contents file(Path path) {
        String name = path.getFileName().toString();
        if (name.endsWith(".safetensors") || name.endsWith(".xpc")) {
            return tensors(path);
        }
        return name.endsWith(".json") ? json(path) : name.endsWith(".codes") ? codes(path) : null;
    }

    private static Contents codes(Path path) {
        try (TokenCache cache = TokenCache.open(path)) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("tokenizer", cache.fingerprint());
            facts.put("codebook", cache.codebook());
            facts.put("pictures", cache.size());
            for (int i = 0; i < Math.min(cache.size(), MAX_PARTS); i++) {
                TokenCache.Grid grid = cache.grid(i);
                facts.put(grid.name() + (facts.containsKey(grid.name()) ? " (" + i + ")" : ""), grid.rows() + " x " + grid.columns() + " codes");
            }
            return new Contents(path.toString(), "picture codes", size(path), facts, Map.of(), List.of(), List.of());
        }
    }

    private static Contents tensors(Path path) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            List<TensorEntry> tensors = file.entries().stream().map(e -> new TensorEntry(e.name(), e.type(),
                    e.shape().toArray(), e.shape().numel(), e.byteSize())).toList();
            String kind = "xprompt-compressed".equals(file.metadata().get("format")) ? "compressed prompt" : "safetensors";
            return new Contents(path.toString(), kind, size(path), Map.of(), new LinkedHashMap<>(file.metadata()), tensors, List.of());
        }
    }

    private static Contents json(Path path) {
        Json json = Json.read(path);
        Map<String, Object> facts = new LinkedHashMap<>();
        if (json.isObject()) {
            scalars("", json, facts);
        }
        return new Contents(path.toString(), kindOf(json), size(path), facts, Map.of(), List.of(), List.of());
    }

    private static String kindOf(Json json) {
        if (!json.isObject()) {
            return "JSON";
        }
        if (json.has("model_type") && json.get("model_type").isString()) {
            return json.string("model_type") + " configuration";
        }
        return json.has("ddconfig") ? "VQGAN configuration" : json.has("weight_map") ? "index of shards" : "JSON";
    }

    /** Plain values and short arrays, nested objects with dots; vocabularies and other long objects only by their length. */
    private static void scalars(String prefix, Json object, Map<String, Object> facts) {
        for (String field : object.fields()) {
            Json value = object.get(field);
            String name = prefix + field;
            if (value.isObject() && value.fields().size() > 40) {
                facts.put(name, value.fields().size() + " entries");
            } else if (value.isObject()) {
                scalars(name + ".", value, facts);
            } else if (value.isArray() && value.elements().size() > 16) {
                facts.put(name, value.elements().size() + " elements");
            } else {
                facts.put(name, value.toJava());
            }
        }
    }

    private static Contents folder(Path folder) {
        List<Path> files = filesOf(folder);
        if (files.stream().anyMatch(f -> f.getFileName().toString().equals(ShardedSafetensors.INDEX))) {
            ShardedSafetensors.open(folder).close(); // the index must agree with its shards
        }
        List<Contents> parts = new ArrayList<>();
        long bytes = 0;
        for (Path file : files) {
            bytes += size(file);
            Contents part = parts.size() < MAX_PARTS ? file(file) : null;
            if (part != null) {
                parts.add(part);
            }
        }
        if (parts.isEmpty()) {
            throw new InvalidInput(folder + ": holds no .safetensors, .xpc or .json file; give a checkpoint, a state folder or a file");
        }
        boolean training = files.stream().anyMatch(f -> folder.relativize(f).toString().matches("state-\\d{8}.*"));
        String kind = training ? "training folder" : parts.stream().map(Contents::kind).filter(k -> k.endsWith(" configuration")).findFirst()
                .map(k -> k.replace(" configuration", " model folder")).orElse("folder");
        return new Contents(folder.toString(), kind, bytes, Map.of(), Map.of(), List.of(), parts);
    }

    /** The files of a folder and of the folders directly in it, in order of their names. */
    private static List<Path> filesOf(Path folder) {
        try (Stream<Path> found = Files.walk(folder, 2)) {
            return found.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new InvalidInput(folder + ": cannot be listed (" + e.getMessage() + ")", e);
        }
    }

    private static long size(Path path) {
        try {
            return Files.size(path);
        } catch (IOException e) {
            throw new InvalidInput(path + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }
}
