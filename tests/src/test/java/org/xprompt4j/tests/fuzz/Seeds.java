package org.xprompt4j.tests.fuzz;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.file.Npy;
import org.xprompt4j.tensor.file.SafetensorsWriter;
import org.xprompt4j.tests.cli.TinyModel;
import org.xprompt4j.vqvae.TokenCache;
import org.xprompt4j.xprompt.inference.CompressedPrompt;
import org.xprompt4j.xprompt.inference.Example;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureReader;
import org.xprompt4j.xprompt.picture.PictureWriter;

/**
 * Makes the small good files that the fuzz targets start from: {@code tests/fuzz.sh --seeds}. They are kept in the repository,
 * so this runs again only when a format changes.
 */
final class Seeds {
    private final Path root;

    private Seeds(Path root) {
        this.root = root;
    }

    /** @param args the folder {@code tests/src/test/resources/org/xprompt4j/tests/fuzz}, and the repository */
    public static void main(String[] args) throws IOException {
        Seeds seeds = new Seeds(Path.of(args[0]));
        seeds.tensors();
        seeds.documents(Path.of(args[1]));
        seeds.codes();
        seeds.prompt();
        seeds.pictures(Path.of(args[1]));
        seeds.kernels();
        seeds.tokenizers();
    }

    private Path place(Class<?> target, String method, String name) throws IOException {
        return Files.createDirectories(root.resolve(target.getSimpleName() + "Inputs").resolve(method)).resolve("seed-" + name);
    }

    private void write(Class<?> target, String method, String name, byte[] content) throws IOException {
        Files.write(place(target, method, name), content);
    }

    private void write(Class<?> target, String method, String name, String content) throws IOException {
        write(target, method, name, content.getBytes(StandardCharsets.UTF_8));
    }

    private void tokenizers() throws IOException {
        String small = "{\"model\":{\"type\":\"BPE\",\"unk_token\":\"u\",\"vocab\":{\"u\":0,\"a\":1,\"b\":2,\"ab\":3},\"merges\":[%s]},%s"
                + "\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[%s{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"use_regex\":true}]},"
                + "\"decoder\":{\"type\":\"ByteLevel\"},\"added_tokens\":[{\"id\":%d,\"content\":\"<s>\",\"special\":true,\"lstrip\":true}]}\0%s";
        String words = "It's 12 cats,\t  <s> d'\u00e9t\u00e9 \u65e5\u672c\u8a9e \ud83d\ude00\u200d\u0301 ab aab\u0000\n";
        String pair = "[\"a\",\"b\"]";
        write(TextTokenizerFuzzTest.class, "encode", "whole", TextTokenizerFuzzTest.WELL_FORMED + "\0" + words);
        write(TextTokenizerFuzzTest.class, "encode", "small", small.formatted(pair, "", "", 4, words));
        write(TextTokenizerFuzzTest.class, "encode", "merge-of-strangers", small.formatted("[\"a\",\"x\"]", "", "", 4, words));
        write(TextTokenizerFuzzTest.class, "encode", "merge-to-a-stranger", small.formatted("\"b a\"", "", "", 4, words));
        write(TextTokenizerFuzzTest.class, "encode", "merge-twice", small.formatted(pair + "," + pair, "", "", 4, words));
        write(TextTokenizerFuzzTest.class, "encode", "id-of-another", small.formatted(pair, "", "", 2, words));
        write(TextTokenizerFuzzTest.class, "encode", "id-far-away", small.formatted(pair, "", "", (1 << 20) - 1, words));
        write(TextTokenizerFuzzTest.class, "encode", "normalised", small.formatted(pair, "\"normalizer\":{\"type\":\"NFKD\"},", "", 4, words));
        write(TextTokenizerFuzzTest.class, "encode", "slow-expression", small.formatted(pair, "",
                "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(a|aa)+$\"},\"behavior\":\"MergedWithNext\",\"invert\":true},", 4, "a".repeat(60) + "b"));
        byte[] lone = (small.formatted(pair, "", "", 4, "ab") + "x").getBytes(StandardCharsets.UTF_8);
        lone[lone.length - 1] = (byte) 0x80;
        write(TextTokenizerFuzzTest.class, "encode", "lone-surrogate", lone);
    }

    private void kernels() throws IOException {
        for (String name : new String[] {"rms_norm", "swiglu", "nearest_code"}) {
            try (InputStream ptx = Seeds.class.getResourceAsStream("/org/xprompt4j/cuda/ptx/" + name + ".ptx")) {
                write(PtxFuzzTest.class, "parse", name + ".ptx", ptx.readAllBytes());
            }
        }
    }

    private void tensors() throws IOException {
        try (Backend backend = Backends.open("scalar"); MemoryScope scope = backend.openScope("seeds")) {
            SafetensorsWriter all = new SafetensorsWriter().metadata("format", "pt");
            for (DType dtype : DType.values()) {
                var tensor = scope.allocate(dtype, 2, 3);
                backend.fill(tensor, 1);
                all.add("t." + dtype, tensor);
                if (dtype != DType.BF16) {
                    Npy.write(place(NpyFuzzTest.class, "read", dtype + ".npy"), tensor);
                }
            }
            Npy.write(place(NpyFuzzTest.class, "read", "scalar.npy"), scope.of(new float[] {7}));
            Npy.write(place(NpyFuzzTest.class, "read", "empty.npy"), scope.allocate(DType.F32, 0, 3));
            all.writeTo(place(SafetensorsFuzzTest.class, "open", "types"));
        }
        write(OnnxFuzzTest.class, "open", "small", OnnxFuzzTest.small());
        write(OnnxFuzzTest.class, "open", "packed", OnnxFuzzTest.packed());
        write(SafetensorsFuzzTest.class, "open", "empty", ShardsFuzzTest.shard("{}", 0));
        write(SafetensorsFuzzTest.class, "open", "small-types", ShardsFuzzTest.shard("{\"a\":{\"dtype\":\"F4\",\"shape\":[2,2],\"data_offsets\":[0,2]}}", 2));
        write(SafetensorsFuzzTest.class, "open", "odd-place", ShardsFuzzTest.shard("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}", 5));
        String index = "{\"metadata\":{\"total_size\":7},\"weight_map\":{\"w\":\"a.safetensors\",\"x\":\"b.safetensors\",\"y\":\"b.safetensors\"}}";
        write(ShardsFuzzTest.class, "open", "index", index);
        byte[] shard = ShardsFuzzTest.shard("{\"x\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]},"
                + "\"y\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[1,1]}}", 1);
        byte[] both = Arrays.copyOf(index.getBytes(StandardCharsets.UTF_8), index.length() + 1 + shard.length);
        System.arraycopy(shard, 0, both, index.length() + 1, shard.length);
        write(ShardsFuzzTest.class, "open", "index-and-shard", both);
    }

    private void documents(Path repository) throws IOException {
        write(JsonFuzzTest.class, "parse", "all", "{\"a\": [1, -2.5e-3, true, false, null, \"\\u00e9\\n\\ud83d\\ude00 ü\"], \"b\": {\"c\": []}, \"\": {}}\n");
        write(JsonFuzzTest.class, "parse", "deep", "[".repeat(60) + "]".repeat(60));
        write(JsonFuzzTest.class, "parse", "number", "-123456789012345678901234567890.5E+2");
        write(ConfigFuzzTest.class, "read", "chameleon", """
                {"architectures": ["ChameleonForConditionalGeneration"], "model_type": "chameleon", "vocab_size": 64, "hidden_size": 32,
                 "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8,
                 "max_position_embeddings": 4096, "hidden_act": "silu", "rms_norm_eps": 1e-05, "rope_theta": 10000.0,
                 "rope_parameters": {"rope_theta": 10000.0, "rope_type": "default"}, "initializer_range": 0.02, "swin_norm": false,
                 "tie_word_embeddings": false, "attention_bias": false, "attention_dropout": 0.0, "mlp_bias": false,
                 "vocabulary_map": {"<s>": 0, "IMGIMGAZ": 4, "IMGIMGBZ": 5, "<racm3:break>": 6, "<eoss>": 7, "<reserved08706>": 8},
                 "vq_config": {"double_latent": false, "latent_channels": 8, "resolution": 16, "in_channels": 3, "base_channels": 8,
                  "channel_multiplier": [1, 2], "num_res_blocks": 1, "attn_resolutions": [], "attn_type": "vanilla", "dropout": 0.0,
                  "num_embeddings": 2, "embed_dim": 8, "norm_groups": 4, "patch_path": true}}
                """);
        write(ConfigFuzzTest.class, "read", "vqgan", """
                {"n_embed": 8192, "embed_dim": 256, "ddconfig": {"double_z": false, "z_channels": 256, "resolution": 512, "in_channels": 3,
                 "out_ch": 3, "ch": 128, "ch_mult": [1, 1, 2, 2, 4], "num_res_blocks": 2, "attn_resolutions": [32], "dropout": 0.0}}
                """);
        write(ConfigFuzzTest.class, "read", "xprompt", """
                {"format_version": 1, "xp_ids": [41, 42, 43], "picture_size": 64, "arrangement": "SHARED",
                 "trained_tasks": ["negative", "grey"], "novel_tasks": ["haze"]}
                """);
        write(PairLinesFuzzTest.class, "read", "pairs", "{\"before\": \"a.png\", \"after\": \"b.png\", \"instruction\": \"make it night\"}\n\n"
                + "{\"id\": \"x-1\", \"before\": \"/a\", \"after\": \"../b\", \"instruction\": \"\\u00fcnd \\ud83d\\ude00\"}\r\n");
        write(SpritesFuzzTest.class, "open", "two", sprites("owl", "hot dog"));
        write(SpritesFuzzTest.class, "open", "three", sprites("a", "b", "c")); // more than the sheets hold
        for (String recipe : List.of("smoke.json", "smoke-tokenizer.json", "tokenizer-decoder.json", "demo-suite.json")) {
            write(RecipeFuzzTest.class, "read", recipe, Files.readAllBytes(repository.resolve("configs").resolve(recipe)));
        }
    }

    /** The list of a set whose sheets are {@link SpritesFuzzTest}'s. */
    private static String sprites(String... names) {
        String motifs = Arrays.stream(names).map(name -> "{\"name\" : \"" + name + "\", \"label\" : \"x\", \"flat\" : \"f\", \"modern\" : \"m\", "
                + "\"line\" : \"l\", \"solid\" : \"s\"}").collect(Collectors.joining(", "));
        String sheets = Stream.of("flat", "modern", "line", "solid").map(style -> "\"" + style + "\" : \"" + SpritesFuzzTest.HASH + "\"")
                .collect(Collectors.joining(", "));
        return "{\"format\" : 1, \"licence\" : \"MIT\", \"tile\" : 8, \"columns\" : 2, \"packages\" : [{\"name\" : \"p\", \"version\" : \"1\", \"sha256\" : \""
                + SpritesFuzzTest.HASH + "\"}], \"sheets\" : {" + sheets + "}, \"motifs\" : [" + motifs + "]}\n";
    }

    private void codes() throws IOException {
        String fingerprint = "0123456789abcdef".repeat(4);
        TokenCache.write(place(TokenCacheFuzzTest.class, "open", "short"), fingerprint, 1000, List.of(
                new TokenCache.Grid("a.png", 1, 2, new int[] {0, 999}), new TokenCache.Grid("ü", 2, 1, new int[] {5, 6})));
        TokenCache.write(place(TokenCacheFuzzTest.class, "open", "wide"), fingerprint, 70_000, List.of(new TokenCache.Grid("b", 1, 1, new int[] {69_999})));
        TokenCache.write(place(TokenCacheFuzzTest.class, "open", "none"), fingerprint, 1, List.of());
    }

    private void prompt() throws IOException {
        Path folder = Files.createTempDirectory("xp-seeds");
        try (XPromptModel model = XPromptModel.open(TinyModel.write(folder, 1), "cpu")) {
            Picture grey = Picture.filled(TinyModel.SIDE, TinyModel.SIDE, 0x808080);
            CompressedPrompt prompt = model.compress(List.of(new Example(grey, grey)), "grey stays grey");
            Path file = folder.resolve("a.xpc");
            prompt.writeTo(file);
            String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            text = text.replace(model.fingerprint(), CompressedPromptFuzzTest.FINGERPRINT)
                    .replaceFirst("\"content_sha256\":\"[0-9a-f]{64}\"", "\"content_sha256\":\"" + CompressedPromptFuzzTest.HASH + "\"");
            write(CompressedPromptFuzzTest.class, "read", "prompt", text.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private void pictures(Path repository) throws IOException {
        Picture small = PictureReader.read(repository.resolve("xprompt/src/test/resources/picture/photo.bmp")).crop(6, 4, 8, 6);
        write(PictureFuzzTest.class, "decode", "rgb.png", PictureWriter.png(small));
        write(PictureFuzzTest.class, "decode", "rgb.jpg", PictureWriter.jpeg(small, 0.8f));
        Map<String, Integer> kinds = Map.of("grey", BufferedImage.TYPE_BYTE_GRAY, "grey16", BufferedImage.TYPE_USHORT_GRAY, "palette",
                BufferedImage.TYPE_BYTE_INDEXED, "alpha", BufferedImage.TYPE_INT_ARGB, "bits", BufferedImage.TYPE_BYTE_BINARY);
        for (Map.Entry<String, Integer> kind : kinds.entrySet()) {
            BufferedImage image = new BufferedImage(8, 6, kind.getValue());
            image.getGraphics().drawImage(small.image(), 0, 0, null);
            for (String format : List.of("png", "gif", "bmp")) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                if (ImageIO.write(image, format, out)) {
                    write(PictureFuzzTest.class, "decode", kind.getKey() + "." + format, out.toByteArray());
                }
            }
        }
        for (String name : List.of("photo.webp", "animated.webp", "animated.gif", "cmyk.jpg", "exif6.jpg", "photo.tiff", "rgb16.png")) {
            write(PictureFuzzTest.class, "decode", name, Files.readAllBytes(repository.resolve("xprompt/src/test/resources/picture").resolve(name)));
        }
    }
}
