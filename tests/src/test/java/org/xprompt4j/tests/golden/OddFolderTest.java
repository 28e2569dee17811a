package org.xprompt4j.tests.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ChameleonCheckpoint;
import org.xprompt4j.nn.chameleon.ChameleonConfig;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.JsonWriter;
import org.xprompt4j.tensor.file.SafetensorsFile;
import org.xprompt4j.tensor.file.SafetensorsWriter;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.vqvae.VqganConfig;

/** A fixture with no friendly size: odd batch and length, three heads of six over one KV head, shuffled image ids, any order of segments. */
class OddFolderTest {
    private static final long SEED = 31;
    private static final int VOCAB = 53;
    private static final int CODES = 17;
    private static final int BATCH = 3;
    private static final int SEQ = 19;
    private static final Object[][] SEGMENTS = {{"TD", 2}, {"IE", 5}, {"XP", 1}, {"IE", 0}, {"IE", 3}, {"XP", 2}, {"TD", 6}};

    @TempDir
    Path dir;

    @Test
    void oddSizesAreComputedAlikeOnEveryDevice() {
        Path folder = write();
        Path scalar = ReproductionTest.reproduce("scalar", folder, dir.resolve("scalar.safetensors"));
        Path cpu = ReproductionTest.reproduce("cpu", folder, dir.resolve("cpu.safetensors"));
        try (SafetensorsFile a = SafetensorsFile.open(scalar); SafetensorsFile b = SafetensorsFile.open(cpu)) {
            assertThat(b.names()).isEqualTo(a.names());
            assertThat(a.tensor("causal.logits_raw", BATCH, SEQ, VOCAB).toFloatArray()).doesNotContain(Float.NaN);
            assertThat(a.tensor("vq.encoder", 2, 8, 6, 10).numel()).isPositive();
            assertThat(a.tensor("greedy.raw", BATCH, 16 + 24).toIntArray()).isEqualTo(b.tensor("greedy.raw").toIntArray());
            for (String name : a.names()) {
                if (a.tensor(name).dtype().isFloating() && !name.equals("causal.logits_text_only")) {
                    Closeness.assertClose("seed " + SEED + ", " + name, b.tensor(name), a.tensor(name), 2e-5);
                }
            }
            assertMask(a.tensor("xprompt.mask", SEQ, SEQ).toIntArray());
            assertImageIds(a);
        }
    }

    /** Causal, and TD rows blind to every IE column, from the segments alone. */
    private static void assertMask(int[] mask) {
        String kinds = Arrays.stream(SEGMENTS).map(s -> ((String) s[0]).substring(0, 1).repeat((int) s[1])).reduce("", String::concat);
        for (int q = 0; q < SEQ; q++) {
            for (int k = 0; k < SEQ; k++) {
                boolean allowed = k <= q && !(kinds.charAt(q) == 'T' && kinds.charAt(k) == 'I');
                assertThat(mask[q * SEQ + k]).as("row %d, column %d", q, k).isEqualTo(allowed ? 1 : 0);
            }
        }
    }

    private static void assertImageIds(SafetensorsFile out) {
        int[] codes = out.tensor("vq.tokens", 2, 60).toIntArray();
        int[] ids = out.tensor("vq.bpe", 2, 60).toIntArray();
        for (int i = 0; i < codes.length; i++) {
            assertThat(ids[i]).isEqualTo(idOf(codes[i]));
        }
        float[] textOnly = out.tensor("causal.logits_text_only").toFloatArray();
        for (int code = 0; code < CODES; code++) {
            assertThat(textOnly[idOf(code)]).isEqualTo(-Float.MAX_VALUE);
        }
        assertThat(Arrays.stream(out.tensor("greedy.text_only").slice(1, 16, 40).toIntArray()).noneMatch(id -> id >= 2 && id % 3 == 2 && id < 53))
                .isTrue();
    }

    /** Every third id from 2 on, in an order of its own. */
    private static int idOf(int code) {
        return 2 + 3 * (code * 5 % CODES);
    }

    private Path write() {
        Map<String, Object> vocabulary = new LinkedHashMap<>();
        for (int code = 0; code < CODES; code++) {
            vocabulary.put(ImageTokens.name(code), idOf(code));
        }
        Map<String, Object> vq = new LinkedHashMap<>(Map.of("base_channels", 32, "channel_multiplier", List.of(1, 2), "latent_channels", 8,
                "embed_dim", 5, "num_embeddings", CODES, "num_res_blocks", 1, "resolution", 16, "attn_resolutions", List.of(8), "in_channels", 3));
        Map<String, Object> config = new LinkedHashMap<>(Map.of("model_type", "chameleon", "vocab_size", VOCAB, "hidden_size", 18,
                "intermediate_size", 23, "num_hidden_layers", 3, "num_attention_heads", 3, "num_key_value_heads", 1, "swin_norm", true,
                "rms_norm_eps", 1e-3, "initializer_range", 0.2));
        config.put("vocabulary_map", vocabulary);
        config.put("vq_config", vq);
        Json json = Json.parse(JsonWriter.compact(config).getBytes(StandardCharsets.UTF_8), "config.json");
        Path folder = AtomicFile.folder(dir.resolve("odd"));
        try (Backend backend = Backends.open("scalar"); MemoryScope scope = backend.openScope("fixture")) {
            Chameleon model = new Chameleon(ChameleonConfig.of(json));
            model.initialise(scope, SEED);
            Vqgan vqgan = new Vqgan(VqganConfig.read(json), false);
            vqgan.initialise(scope, SEED);
            Map<String, Tensor> tokenizer = new LinkedHashMap<>();
            vqgan.forEachParameter((name, p) -> tokenizer.put("model.vqmodel." + name, p.value()));
            ChameleonCheckpoint.save(folder, backend, model, DType.F32, tokenizer);
            AtomicFile.text(folder.resolve("config.json"), JsonWriter.pretty(config));
            new SafetensorsWriter().add("input_ids", ids(scope, 1)).add("train.labels", labels(scope))
                    .add("vq.pixels", pixels(scope)).writeTo(folder.resolve("io.safetensors"));
        }
        // A large eps: without it Adam turns rounding of gradients near zero into whole steps.
        Map<String, Object> train = new LinkedHashMap<>(Map.of("lrs", List.of(0.01, 0.02), "clip", 0.5, "betas", List.of(0.9, 0.95),
                "eps", 1e-3, "weight_decay_matrices", 0.1, "weight_decay_other", 0.05));
        List<Object> segments = Arrays.stream(SEGMENTS).map(s -> (Object) List.of(s[0], s[1])).toList();
        AtomicFile.text(folder.resolve("meta.json"), JsonWriter.pretty(Map.of("segments", segments, "train", train)));
        return folder;
    }

    private static Tensor ids(MemoryScope scope, int stream) {
        Philox random = new Philox(SEED, stream);
        return scope.of(IntStream.range(0, BATCH * SEQ).map(i -> random.nextInt(VOCAB)).toArray(), BATCH, SEQ);
    }

    private static Tensor labels(MemoryScope scope) {
        int[] labels = ids(scope, 1).toIntArray();
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % SEQ < SEQ - 6 ? -100 : labels[i];
        }
        return scope.of(labels, BATCH, SEQ);
    }

    /** [2, 3, 12, 20]: neither square nor a power of two. */
    private static Tensor pixels(MemoryScope scope) {
        Philox random = new Philox(SEED, 2);
        float[] values = new float[2 * 3 * 12 * 20];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat(-1, 1);
        }
        return scope.of(values, 2, 3, 12, 20);
    }
}
