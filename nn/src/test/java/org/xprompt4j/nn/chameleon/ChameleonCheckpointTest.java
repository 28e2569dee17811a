package org.xprompt4j.nn.chameleon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.nn.Checkpoint;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.JsonWriter;
import org.xprompt4j.tensor.file.SafetensorsWriter;
import org.xprompt4j.tensor.op.AttentionMask;

class ChameleonCheckpointTest {
    private final Backend backend = Backends.open("scalar");
    private final MemoryScope scope = backend.openScope("test");

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        scope.close();
        backend.close();
    }

    @Test
    void savedAndLoadedModelsGiveTheSameBits() {
        for (int seed = 0; seed < 12; seed++) {
            Philox random = new Philox(seed, 1);
            ChameleonConfig config = TinyModels.random(random);
            Chameleon model = new Chameleon(config);
            model.initialise(scope, seed);
            float[] expected = logits(model, seed);
            Tensor other = scope.of(new float[] {1, 2}, 2);
            ChameleonCheckpoint.save(folder, backend, model, DType.F32, Map.of("xprompt.embed.weight", other));
            try (ChameleonCheckpoint checkpoint = ChameleonCheckpoint.open(folder)) {
                assertThat(checkpoint.config().toJson("float32")).as("seed %d", seed).isEqualTo(config.withOtherFields(
                        Map.of("architectures", checkpoint.config().otherFields().get("architectures"))).toJson("float32"));
                assertThat(logits(checkpoint.model(backend, scope, Checkpoint.Weights.AS_STORED), seed)).as("seed %d", seed).isEqualTo(expected);
                assertThat(checkpoint.weights().tensor("xprompt.embed.weight").toFloatArray()).containsExactly(1, 2);
            }
        }
    }

    @Test
    void bfloat16RoundTripKeepsTheRoundedWeights() {
        Chameleon model = model();
        ChameleonCheckpoint.save(folder, backend, model, DType.BF16, Map.of());
        try (ChameleonCheckpoint checkpoint = ChameleonCheckpoint.open(folder)) {
            Chameleon stored = checkpoint.model(backend, scope, Checkpoint.Weights.AS_STORED);
            assertThat(stored.embedding().value().dtype()).isEqualTo(DType.BF16);
            Chameleon widened = checkpoint.model(backend, scope, Checkpoint.Weights.F32);
            assertThat(widened.embedding().value().toFloatArray()).isEqualTo(stored.embedding().value().toFloatArray());
            Path again = folder.resolve("again");
            ChameleonCheckpoint.save(again, backend, widened, DType.BF16, Map.of());
            assertThat(again.resolve("model.safetensors")).hasSameBinaryContentAs(folder.resolve("model.safetensors"));
        }
    }

    private Chameleon model() {
        Chameleon model = new Chameleon(ChameleonConfig.of(20, 12, 10, 2, 3, 3));
        model.initialise(scope, 4);
        return model;
    }

    private float[] logits(Chameleon model, int seed) {
        int[][] ids = TinyModels.ids(new Philox(seed, 2), 2, 7, model.config().vocabSize());
        Ops ops = new Ops(backend, scope);
        Pass pass = Pass.whole(scope.of(TinyModels.positions(2, 7), 2, 7), AttentionMask.causal(7));
        return model.logits(ops, model.hidden(ops, model.embed(ops, scope.of(TinyModels.flat(ids), 2, 7)), pass)).toFloatArray();
    }

    /** One row for all heads, one per group, one per head: the same function when the rows are equal. */
    @Test
    void queryNormsOfAllPublishedShapes() {
        Chameleon model = new Chameleon(ChameleonConfig.of(20, 24, 10, 1, 4, 2)); // 4 heads of 6
        model.initialise(scope, 4);
        float[] row = {0.5f, 1, 1.5f, 2, -1, 0.25f};
        float[] expected = null;
        for (int groups : new int[] {4, 2, 1, 0}) {
            long[] dims = groups == 0 ? new long[] {6} : new long[] {groups, 6};
            Tensor weight = scope.allocate(DType.F32, dims);
            Tensor bias = scope.allocate(DType.F32, dims);
            float[] values = new float[Math.max(1, groups) * 6];
            for (int i = 0; i < values.length; i++) {
                values[i] = row[i % 6];
            }
            weight.set(values);
            bias.set(values);
            model.parameters().get("model.layers.0.self_attn.q_norm.weight").bind(weight);
            model.parameters().get("model.layers.0.self_attn.q_norm.bias").bind(bias);
            Path place = folder.resolve("groups-" + groups);
            ChameleonCheckpoint.save(place, backend, model, DType.F32, Map.of());
            try (ChameleonCheckpoint checkpoint = ChameleonCheckpoint.open(place)) {
                float[] logits = logits(checkpoint.mappedModel(), 1);
                expected = expected == null ? logits : expected;
                assertThat(logits).as("%d groups", groups).isEqualTo(expected);
            }
        }
    }

    @Test
    void shardsWithAnIndexLoadAsOneFile() throws IOException {
        Chameleon model = model();
        ChameleonCheckpoint.save(folder, backend, model, DType.F32, Map.of());
        SafetensorsWriter[] shards = {new SafetensorsWriter(), new SafetensorsWriter()};
        Map<String, String> places = new TreeMap<>();
        model.forEachParameter((name, parameter) -> {
            int shard = name.contains("layers.0") ? 0 : 1;
            shards[shard].add(name, parameter.value());
            places.put(name, "model-" + shard + ".safetensors");
        });
        shards[0].writeTo(folder.resolve("model-0.safetensors"));
        shards[1].writeTo(folder.resolve("model-1.safetensors"));
        Files.writeString(folder.resolve("model.safetensors.index.json"), JsonWriter.compact(Map.of("weight_map", places)));
        Files.delete(folder.resolve("model.safetensors"));
        try (ChameleonCheckpoint checkpoint = ChameleonCheckpoint.open(folder)) {
            assertThat(logits(checkpoint.mappedModel(), 1)).isEqualTo(logits(model, 1));
        }
    }

    @Test
    void wrongTensorsAreNamed() {
        Chameleon model = model();
        ChameleonCheckpoint.save(folder, backend, model, DType.F32, Map.of());
        write(model, "model.layers.1.mlp.up_proj.weight", null, null);
        assertFault("model.layers.1.mlp.up_proj.weight", "lack");
        write(model, "model.norm.weight", "model.norm.weight", scope.of(new float[11], 11));
        assertFault("model.norm.weight", "[11]", "[12]");
        write(model, "model.norm.weight", "model.norm.weight", scope.of(new int[12], 12));
        assertFault("model.norm.weight", "I32");
        write(model, "", "model.layers.2.mlp.up_proj.weight", scope.of(new float[1], 1));
        assertFault("model.layers.2.mlp.up_proj.weight", "no place");
        write(model, "model.layers.0.self_attn.q_norm.weight", "model.layers.0.self_attn.q_norm.weight", scope.of(new float[8], 2, 4));
        assertFault("model.layers.0.self_attn.q_norm.weight", "[2, 4]"); // 2 does not divide 3 heads
        write(model, "model.layers.0.self_attn.q_norm.weight", "model.layers.0.self_attn.q_norm.weight", scope.of(new float[4], 4));
        assertFault("model.layers.0.self_attn.q_norm.weight", "[4]", "[3, 4]"); // fits alone, not beside its bias
    }

    /** The model's tensors but one, and one more. */
    private void write(Chameleon model, String left, String name, Tensor extra) {
        SafetensorsWriter writer = new SafetensorsWriter();
        model.forEachParameter((n, parameter) -> {
            if (!n.equals(left)) {
                writer.add(n, parameter.value());
            }
        });
        if (name != null) {
            writer.add(name, extra);
        }
        writer.writeTo(folder.resolve("model.safetensors"));
    }

    private void assertFault(String... parts) {
        try (ChameleonCheckpoint checkpoint = ChameleonCheckpoint.open(folder)) {
            assertThatThrownBy(() -> checkpoint.model(backend, scope, Checkpoint.Weights.F32)).isInstanceOf(InvalidInput.class)
                    .hasMessageContaining(folder.toString()).hasMessageContainingAll(parts);
        }
    }

    @Test
    void wrongConfigurationsAreNamed() throws IOException {
        String good = """
                {"model_type": "chameleon", "vocab_size": 20, "hidden_size": 12, "intermediate_size": 10, "num_hidden_layers": 2,
                 "num_attention_heads": 3, "rope_parameters": {"rope_type": "default", "rope_theta": 500.0}, "bos_token_id": 0}""";
        assertThat(read(good).ropeTheta()).isEqualTo(500);
        assertThat(read(good).kvHeads()).isEqualTo(3);
        assertThat(read(good).otherFields()).containsOnlyKeys("bos_token_id");
        assertThat(read(good.replace("\"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 500.0}",
                "\"rope_theta\": 300, \"rope_scaling\": null")).ropeTheta()).isEqualTo(300);
        for (List<String> bad : List.of(
                List.of("\"chameleon\"", "\"llama\"", "model_type"),
                List.of("\"hidden_size\": 12", "\"hidden_size\": -12", "hidden_size"),
                List.of("\"hidden_size\": 12", "\"hidden_size\": 13", "num_attention_heads"),
                List.of("\"hidden_size\": 12", "\"hidden_size\": 9", "num_attention_heads"),
                List.of("\"hidden_size\": 12, ", "", "hidden_size"),
                List.of("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 2000000000", "num_hidden_layers"),
                List.of("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 2.5", "num_hidden_layers"),
                List.of("\"bos_token_id\"", "\"num_key_value_heads\": 2, \"bos_token_id\"", "num_key_value_heads"),
                List.of("\"bos_token_id\"", "\"swin_norm\": 1, \"bos_token_id\"", "swin_norm"),
                List.of("\"bos_token_id\"", "\"hidden_act\": \"gelu\", \"bos_token_id\"", "hidden_act"),
                List.of("\"bos_token_id\"", "\"attention_dropout\": 0.1, \"bos_token_id\"", "attention_dropout"),
                List.of("\"bos_token_id\"", "\"head_dim\": 5, \"bos_token_id\"", "head_dim"),
                List.of("\"bos_token_id\"", "\"rms_norm_eps\": 0, \"bos_token_id\"", "rms_norm_eps"),
                List.of("\"bos_token_id\"", "\"vocabulary_map\": {\"a\": 20}, \"bos_token_id\"", "vocabulary_map.a"),
                List.of("\"default\"", "\"linear\"", "rope_parameters.rope_type"),
                List.of("500.0", "0", "rope_theta"))) {
            assertThatThrownBy(() -> read(good.replace(bad.get(0), bad.get(1)))).as(bad.toString()).isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("config.json").hasMessageContaining(bad.get(2));
        }
    }

    private ChameleonConfig read(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
        return ChameleonConfig.read(folder);
    }
}
