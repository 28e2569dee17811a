package org.xprompt4j.tensor.file;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;

/**
 * The weights of a model folder: {@code model.safetensors}, or shards with {@code model.safetensors.index.json}, whose
 * {@code weight_map} names the shard of every tensor. The map must agree with the shards, and shards lie in the folder itself.
 */
public final class ShardedSafetensors implements AutoCloseable {
    /** Name of the only file of an unsharded model. */
    public static final String SINGLE = "model.safetensors";
    /** Name of the index of a sharded one. */
    public static final String INDEX = "model.safetensors.index.json";
    private static final int MAX_SHARDS = 4096;

    private final Path origin; // the file that says where tensors are, for messages
    private final Map<String, SafetensorsFile> owners; // tensor name to the shard that holds it
    private final List<SafetensorsFile> shards;

    private ShardedSafetensors(Path origin, Map<String, SafetensorsFile> owners, List<SafetensorsFile> shards) {
        this.origin = origin;
        this.owners = owners;
        this.shards = shards;
    }

    /**
     * Opens the weights of a model folder; the single file is preferred where both exist.
     *
     * @throws InvalidInput naming file and field
     */
    public static ShardedSafetensors open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInput(folder + ": " + (Files.exists(folder) ? "is not a folder" : "no such folder"));
        }
        Path single = folder.resolve(SINGLE);
        Path index = folder.resolve(INDEX);
        if (Files.exists(single)) {
            SafetensorsFile file = SafetensorsFile.open(single);
            Map<String, SafetensorsFile> owners = new LinkedHashMap<>();
            file.names().forEach(name -> owners.put(name, file));
            return new ShardedSafetensors(single, owners, List.of(file));
        }
        if (!Files.exists(index)) {
            throw new InvalidInput(folder + ": holds neither " + SINGLE + " nor " + INDEX);
        }
        return openShards(folder, index);
    }

    private static ShardedSafetensors openShards(Path folder, Path index) {
        Json map = Json.read(index).get("weight_map");
        Map<String, SafetensorsFile> opened = new LinkedHashMap<>();
        Map<String, SafetensorsFile> owners = new LinkedHashMap<>();
        boolean done = false;
        try {
            for (String name : map.fields()) {
                Json place = map.get(name);
                String shard = place.asString();
                if (!shard.matches("[A-Za-z0-9_][A-Za-z0-9._-]*\\.safetensors")) {
                    throw place.fault("must be the plain name of a .safetensors file in the same folder, is " + JsonParser.quoted(shard));
                }
                if (!opened.containsKey(shard)) {
                    if (opened.size() == MAX_SHARDS) {
                        throw map.fault("names more than " + MAX_SHARDS + " shards");
                    }
                    opened.put(shard, SafetensorsFile.open(folder.resolve(shard)));
                }
                SafetensorsFile file = opened.get(shard);
                if (!file.contains(name)) {
                    throw place.fault("is " + JsonParser.quoted(shard) + ", but that file holds no such tensor");
                }
                owners.put(name, file);
            }
            for (SafetensorsFile file : opened.values()) {
                for (String name : file.names()) {
                    if (owners.get(name) != file) {
                        throw map.fault("does not give tensor " + JsonParser.quoted(name) + " to " + file.path().getFileName()
                                + ", which holds it");
                    }
                }
            }
            ShardedSafetensors weights = new ShardedSafetensors(index, owners, new ArrayList<>(opened.values()));
            done = true;
            return weights;
        } finally {
            if (!done) {
                opened.values().forEach(SafetensorsFile::close);
            }
        }
    }

    /** Names of all tensors. */
    public Set<String> names() {
        return Collections.unmodifiableSet(owners.keySet());
    }

    /** True when one of the shards holds a tensor of this name. */
    public boolean contains(String name) {
        return owners.containsKey(name);
    }

    /** The files that hold the tensors. */
    public List<SafetensorsFile> shards() {
        return Collections.unmodifiableList(shards);
    }

    /** See {@link SafetensorsFile#tensor(String)}. */
    public Tensor tensor(String name) {
        return owner(name).tensor(name);
    }

    /** See {@link SafetensorsFile#tensor(String, long...)}. */
    public Tensor tensor(String name, long... dims) {
        return owner(name).tensor(name, dims);
    }

    /** Sizes of a tensor as its header gives them, also of types that are not computed with. */
    public Shape shape(String name) {
        return owner(name).entries().stream().filter(e -> e.name().equals(name)).findFirst().orElseThrow().shape();
    }

    private SafetensorsFile owner(String name) {
        SafetensorsFile file = owners.get(name);
        if (file == null) {
            throw new InvalidInput(origin + ": tensor " + JsonParser.quoted(name) + " is missing");
        }
        return file;
    }

    @Override
    public void close() {
        shards.forEach(SafetensorsFile::close);
    }
}
