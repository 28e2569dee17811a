package org.xprompt4j.tests.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xprompt4j.xprompt.picture.PictureWriter;

/** What is wrong with a user's files and options is said in one line that names file and field, and nothing is left behind. */
class MalformedInputTest {
    private static final String MODEL = "model.safetensors";
    private static final String CONFIG = "config.json";
    private static final String XPROMPT = "xprompt_config.json";

    @TempDir
    static Path shared;

    @TempDir
    Path dir;

    private XpCall xp;

    @BeforeAll
    static void goodOnes() throws IOException {
        TinyModel.write(shared.resolve("model"), 1);
        TinyModel.write(shared.resolve("other"), 2);
        TinyModel.writeTokenizer(shared.resolve("tokenizer"), 1);
        PaintedPhotos.folder(shared.resolve("photos"));
        new XpCall(shared).run("compress", "--model", shared.resolve("model").toString(), "--example", shared.resolve("photos/p0.png").toString(),
                shared.resolve("photos/p1.png").toString(), "--out", shared.resolve("p.xpc").toString(), "-q").done();
    }

    @BeforeEach
    void copies() throws IOException {
        xp = new XpCall(dir);
        Files.createDirectory(dir.resolve("m"));
        for (String name : List.of(MODEL, CONFIG, XPROMPT)) {
            Files.copy(shared.resolve("model").resolve(name), dir.resolve("m").resolve(name));
        }
        PaintedPhotos.write(dir.resolve("a.png"), 1);
        PaintedPhotos.write(dir.resolve("b.png"), 2);
    }

    private String at(String name) {
        return dir.resolve(name).toString();
    }

    /** A good call of {@code xp generate} with some options replaced or added. */
    private List<String> generate(String... other) {
        List<String> args = new ArrayList<>(List.of("generate", "--model", at("m"), "--input", at("a.png"), "--out", at("o.png")));
        if (!Arrays.asList(other).contains("--prompt")) {
            args.addAll(List.of("--example", at("a.png"), at("b.png")));
        }
        for (int i = 0; i < other.length; i += 2) {
            int at = args.indexOf(other[i]);
            if (at < 0) {
                args.addAll(List.of(other[i], other[i + 1]));
            } else {
                args.set(at + 1, other[i + 1]);
            }
        }
        return args;
    }

    private void replace(String file, String from, String to) throws IOException {
        String text = Files.readString(dir.resolve(file));
        if (!text.contains(from)) {
            throw new AssertionError(file + " holds no " + from + ": " + text);
        }
        Files.writeString(dir.resolve(file), text.replace(from, to));
    }

    /** Changes the header of the checkpoint, keeping its data; the header may grow. */
    private void header(String from, String to) throws IOException {
        rewrite(dir.resolve("m").resolve(MODEL), from, to);
    }

    private static void rewrite(Path file, String from, String to) throws IOException {
        ByteBuffer old = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] json = new byte[(int) old.getLong()];
        old.get(json);
        String text = new String(json, StandardCharsets.UTF_8);
        if (!text.contains(from)) {
            throw new AssertionError("no " + from + " in " + text);
        }
        byte[] header = text.replace(from, to).getBytes(StandardCharsets.UTF_8);
        Files.write(file, ByteBuffer.allocate(8 + header.length + old.remaining()).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length).put(header).put(old).array());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "\"hidden_size\": 32|\"hidden_size\": \"32\"|hidden_size",
        "\"hidden_size\": 32|\"hidden_size\": 64|model.embed_tokens.weight",
        "\"hidden_size\": 32|\"hidden_size\": -1|hidden_size",
        "\"hidden_size\": 32|\"hidden_size\": 33|hidden_size",
        "\"hidden_size\": 32|\"hidden_size\": 1e9|hidden_size",
        "\"num_hidden_layers\": 2|\"num_hidden_layers\": 3|model.layers.2.",
        "\"num_hidden_layers\": 2|\"num_hidden_layers\": 1|model.layers.1.",
        "\"num_hidden_layers\": 2|\"num_hidden_layers\": 2000000000|num_hidden_layers",
        "\"vocab_size\": 42|\"vocab_size\": 41|config.json",
        "\"model_type\": \"chameleon\"|\"model_type\": \"llama\"|model_type",
        "\"vq_config\"|\"other\"|vq_config",
    })
    void configurationsThatDoNotFit(String from, String to, String field) throws IOException {
        replace("m/config.json", from, to);
        xp.refuses(generate(), dir.resolve("m").toString(), field);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "\"picture_size\": 16|\"picture_size\": 18|picture_size",
        "\"picture_size\": 16|\"picture_size\": 0|picture_size",
        "\"picture_size\": 16|\"picture_size\": 100000|picture_size",
        "\"picture_size\": 16|\"picture_size\": \"x\"|picture_size",
        "\"format_version\": 1|\"format_version\": 2|format_version",
        "\"arrangement\": \"SHARED\"|\"arrangement\": \"NONE\"|arrangement",
        "\"xp_ids\"|\"ids\"|xp_ids",
        "\"trained_tasks\"|\"tasks\"|trained_tasks",
    })
    void xpromptConfigurationsThatDoNotFit(String from, String to, String field) throws IOException {
        replace("m/" + XPROMPT, from, to);
        xp.refuses(generate(), XPROMPT, field);
    }

    @Test
    void aVocabularyWithoutTheTokensOfPrompts() throws IOException {
        replace("m/config.json", "<racm3:break>", "<nothing>");
        xp.refuses(generate(), at("m/config.json") + ": vocabulary_map", "<racm3:break>");
    }

    @Test
    void missingAndBrokenFilesOfAModel() throws IOException {
        xp.refuses(generate("--model", at("nowhere")), "nowhere: no such folder");
        for (String name : List.of(XPROMPT, CONFIG, MODEL)) {
            Path file = dir.resolve("m").resolve(name);
            byte[] good = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(good, good.length / 2));
            xp.refuses(generate(), name);
            Files.write(file, new byte[0]);
            xp.refuses(generate(), name);
            Files.delete(file);
            xp.refuses(generate(), dir.resolve("m").toString(), name);
            Files.write(file, good);
        }
        xp.refuses(List.of("eval", "--model", at("nowhere"), "--photos", shared.resolve("photos").toString(), "--out", at("e")), "nowhere");
    }

    @Test
    void checkpointsThatLie() throws IOException {
        Path file = dir.resolve("m").resolve(MODEL);
        byte[] good = Files.readAllBytes(file);
        header("\"model.norm.weight\"", "\"model.mean.weight\"");
        xp.refuses(generate(), MODEL.substring(0, 5), "model.norm.weight");
        Files.write(file, good);
        header("\"xprompt.embed.weight\":{\"dtype\":\"BF16\",\"shape\":[3,32]", "\"xprompt.embed.weight\":{\"dtype\":\"BF16\",\"shape\":[32,3]");
        xp.refuses(generate(), at("m"), "xprompt.embed.weight", "[32, 3]");
        Files.write(file, good);
        header("\"model.vqmodel.decoder.conv_in.weight\"", "\"model.vqmodel.decoder.conv_on.weight\"");
        xp.refuses(generate(), at("m"), "decoder.conv_in.weight");
        Files.write(file, good);
        header("\"lm_head.weight\":{\"dtype\":\"BF16\"", "\"lm_head.weight\":{\"dtype\":\"I16\"");
        xp.refuses(generate(), at("m"), "lm_head.weight");
        Files.write(file, good);
        header("\"lm_head.weight\":{\"dtype\":\"BF16\"", "\"lm_head.weight\":{\"dtype\":\"F32\"");
        xp.refuses(generate(), MODEL, "lm_head.weight", "data_offsets");
        Files.write(file, ByteBuffer.wrap(good.clone()).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 1L << 40).array());
        xp.refuses(generate(), MODEL, "header length");
        Files.write(file, Arrays.copyOf(good, good.length + 4));
        xp.refuses(generate(), MODEL);
    }

    @Test
    void compressedPromptsThatDoNotFit() throws IOException {
        Path prompt = dir.resolve("p.xpc");
        byte[] good = Files.readAllBytes(shared.resolve("p.xpc"));
        Files.write(prompt, good);
        xp.run(generate("--prompt", at("p.xpc")).toArray(String[]::new)).done();
        Files.delete(dir.resolve("o.png"));
        xp.refuses(generate("--prompt", at("p.xpc"), "--model", shared.resolve("other").toString()), "p.xpc", "fingerprint", "another model");
        xp.refuses(generate("--prompt", at("p.xpc"), "--context", "full"), "--prompt", "--context full");
        Files.write(prompt, Arrays.copyOf(good, good.length - 1));
        xp.refuses(generate("--prompt", at("p.xpc")), "p.xpc", "data_offsets");
        Files.write(prompt, Arrays.copyOf(good, 6));
        xp.refuses(generate("--prompt", at("p.xpc")), "p.xpc");
        for (String[] lie : new String[][] {{"\"xprompt-compressed\"", "\"other\"", "format"}, {"\"format_version\":\"2\"", "\"format_version\":\"9\"",
            "format_version"}, {"\"next_position\"", "\"position\"", "next_position"}, {"layers.1.key", "layers.7.key", "layers.1.key"},
            {"\"next_position\":\"", "\"next_position\":\"-", "next_position"}}) {
            Files.write(prompt, good);
            rewrite(prompt, lie[0], lie[1]);
            xp.refuses(generate("--prompt", at("p.xpc")), "p.xpc: ", lie[2]);
        }
        xp.refuses(generate("--prompt", at("m/" + MODEL)), MODEL, "not a compressed prompt");
        xp.refuses(generate("--prompt", at("none.xpc")), "none.xpc");
    }

    @Test
    void picturesThatAreNone() throws IOException {
        byte[] png = Files.readAllBytes(dir.resolve("a.png"));
        Files.write(dir.resolve("cut.png"), Arrays.copyOf(png, png.length * 2 / 3));
        byte[] noisy = png.clone();
        Arrays.fill(noisy, 40, 60, (byte) 0x5a);
        Files.write(dir.resolve("noisy.png"), noisy);
        byte[] huge = png.clone();
        ByteBuffer.wrap(huge).putInt(16, 2_000_000_000).putInt(20, 2_000_000_000);
        CRC32 crc = new CRC32();
        crc.update(huge, 12, 17);
        ByteBuffer.wrap(huge).putInt(29, (int) crc.getValue());
        Files.write(dir.resolve("huge.png"), huge);
        byte[] jpeg = PictureWriter.jpeg(PaintedPhotos.picture(3), 0.9f);
        Files.write(dir.resolve("cut.jpg"), Arrays.copyOf(jpeg, jpeg.length - 40));
        Files.writeString(dir.resolve("text.png"), "this is no picture");
        Files.createFile(dir.resolve("empty.png"));
        for (String name : List.of("cut.png", "noisy.png", "huge.png", "cut.jpg", "text.png", "empty.png", "none.png", "m")) {
            xp.refuses(generate("--input", at(name)), name + ": ");
            xp.refuses(generate("--example", at(name)), name + ": ");
            xp.refuses(List.of("compress", "--model", at("m"), "--example", at("a.png"), at(name), "--out", at("o.xpc")), name + ": ");
        }
    }

    @Test
    void placesThatCannotBeWritten() throws IOException {
        Files.createFile(dir.resolve("file"));
        Files.createDirectory(dir.resolve("folder"));
        xp.refuses(generate("--out", at("folder")), "folder: cannot be written, it is a folder");
        xp.refuses(generate("--out", at("file/o.png")), "file");
        xp.refuses(generate("--out", "/proc/o.png"), "/proc/o.png: cannot be written");
        xp.refuses(generate("--out", at("file/a/b/o.png"), "--samples", "3"), "o-1.png", "is a file where a folder is needed");
        String[] compress = {"compress", "--model", at("m"), "--example", at("a.png"), at("b.png"), "--out", ""};
        for (String out : new String[] {at("folder"), at("file/p.xpc"), "/proc/p.xpc"}) {
            compress[compress.length - 1] = out;
            xp.refuses(List.of(compress), out);
        }
        for (String out : new String[] {at("file"), "/proc/none"}) {
            xp.refuses(List.of("eval", "--model", at("m"), "--photos", shared.resolve("photos").toString(), "--out", out), out);
            xp.refuses(List.of("train", Recipes.write(shared.resolve("r.json"), shared.resolve("tokenizer"), shared.resolve("photos"), 6).toString(),
                    "--out", out), out);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--temperature|-1|temperature",
        "--temperature|NaN|temperature",
        "--temperature|x|--temperature",
        "--top-k|-5|top-k",
        "--top-k|99999999999|--top-k",
        "--top-p|0|top-p",
        "--top-p|1.5|top-p",
        "--guidance|-2|guidance",
        "--guidance|Infinity|guidance",
        "--samples|0|--samples",
        "--samples|1000000|--samples",
        "--seed|1.5|--seed",
        "--device|abacus|device 'abacus' is not known",
        "--context|half|--context",
        "--nothing|1|--nothing",
    })
    void optionsOutOfRange(String option, String value, String words) {
        xp.refuses(generate(option, value), words);
    }

    @Test
    void whatIsMissingFromACommandLine() {
        xp.refuses(List.of("generate", "--model", at("m"), "--out", at("o.png")), "--input");
        xp.refuses(List.of("generate", "--model", at("m"), "--input", at("a.png")), "--out");
        xp.refuses(List.of("generate", "--model", at("m"), "--input", at("a.png"), "--out", at("o.png")), "--example BEFORE AFTER");
        xp.refuses(List.of("generate", "--model", at("m"), "--input", at("a.png"), "--out", at("o.png"), "--example", at("a.png")), "--example");
        xp.refuses(List.of("compress", "--model", at("m"), "--out", at("p.xpc")), "--example BEFORE AFTER");
        xp.refuses(List.of("eval", "--model", at("m")), "--out");
        xp.refuses(List.of("train", "--out", at("run")), "CONFIG");
        xp.refuses(List.of("data"), "prepare");
        xp.refuses(List.of("data", "prepare"), "--out");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"tasks\": [\"negative\", \"nonsense\"], \"photos\": 2, \"seed\": 0}|'nonsense' is no task",
        "{\"tasks\": [], \"photos\": 2, \"seed\": 0}|tasks",
        "{\"tasks\": \"negative\", \"photos\": 2, \"seed\": 0}|tasks",
        "{\"tasks\": [\"negative\"], \"photos\": 1, \"seed\": 0}|photos",
        "{\"tasks\": [\"negative\"], \"photos\": 2.5, \"seed\": 0}|photos",
        "{\"tasks\": [\"negative\"], \"photos\": 2}|seed",
        "{\"tasks\": [\"negative\"], \"photos\": 2, \"seed\": 0, \"more\": 1}|more",
        "{\"tasks\": [\"negative\"|suite.json",
    })
    void suitesThatCannotBeMeasured(String suite, String words) throws IOException {
        Files.writeString(dir.resolve("suite.json"), suite);
        xp.refuses(List.of("eval", "--model", at("m"), "--photos", shared.resolve("photos").toString(), "--suite", at("suite.json"), "--out", at("e")),
                "suite.json", words);
    }

    @Test
    void photographsThatAreNone() throws IOException {
        Path photos = PaintedPhotos.folder(dir.resolve("photos"));
        String[] eval = {"eval", "--model", at("m"), "--photos", photos.toString(), "--out", at("e")};
        String good = Files.readString(photos.resolve("manifest.json"));
        Files.writeString(photos.resolve("manifest.json"), good.replace("p2.png", "../p2.png"));
        xp.refuses(List.of(eval), "manifest.json: photos[2].file");
        Files.writeString(photos.resolve("manifest.json"), good.replace("\"test\"", "\"train\""));
        xp.refuses(List.of(eval), "photos", "test");
        Files.writeString(photos.resolve("manifest.json"), good);
        PictureWriter.write(PaintedPhotos.picture(2).crop(0, 0, 20, 20), photos.resolve("p2.png"));
        xp.refuses(List.of(eval), "painted:2", "20 x 20");
        Files.delete(photos.resolve("p2.png"));
        xp.refuses(List.of(eval), "p2.png");
        Files.delete(photos.resolve("manifest.json"));
        xp.refuses(List.of(eval), "photos: holds no photographs", "manifest.json");
        Files.writeString(photos.resolve("photos.pack"), "XPPACK01 and no more");
        xp.refuses(List.of(eval), "photos.pack");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "\"layers\": 1|\"layers\": 0|model",
        "\"layers\": 1|\"layer\": 1|model.layer",
        "\"layers\": 1, ||model.layers",
        "\"layers\": 1|\"layers\": \"one\"|model.layers",
        "\"hidden\": 16|\"hidden\": 15|model.hidden",
        "\"kvHeads\": 1|\"kvHeads\": 3|model.kvHeads",
        "\"pictureSize\": 16|\"pictureSize\": 18|pictureSize",
        "\"negative\": 1|\"nonsense\": 1|tasks.nonsense",
        "\"negative\": 1|\"haze\": 1|tasks.haze",
        "\"negative\": 1|\"negative\": 0|tasks",
        "\"lr\": 0.001|\"lr\": -1|optimiser.lr",
        "\"beta1\": 0.9|\"beta1\": 1.5|optimiser.beta1",
        "\"clip\": 1|\"clip\": -1|optimiser.clip",
        "\"save\": 4|\"save\": 0|every",
        "\"SHARED\"|\"LOOSE\"|batch.arrangement",
        "\"group\": 2|\"group\": 1|batch.group",
        "\"seed\": 1|\"seed\": 1.5|seed",
        "\"seed\": 1|\"seed\": null|seed",
        "/tokenizer\"|/notokenizer\"|notokenizer",
        "/photos\"|/nophotos\"|nophotos",
        "\"every\"|every|line ",
    })
    void recipesThatCannotBeTrained(String from, String to, String field) throws IOException {
        Path recipe = Recipes.write(dir.resolve("recipe.json"), shared.resolve("tokenizer"), shared.resolve("photos"), 4);
        replace("recipe.json", from, to == null ? "" : to);
        xp.refuses(List.of("train", recipe.toString(), "--out", at("run")), field);
    }

    @Test
    void aTrainingFolderIsForOneRunAtATime() throws IOException {
        Path recipe = Recipes.write(dir.resolve("recipe.json"), shared.resolve("tokenizer"), shared.resolve("photos"), 4);
        Files.createDirectory(dir.resolve("run"));
        try (FileChannel lock = FileChannel.open(dir.resolve("run/lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = lock.lock()) {
            assert held.isValid();
            xp.refuses(List.of("train", recipe.toString(), "--out", at("run")), "run: another process is training in this folder");
        }
        xp.refuses(List.of("train", at("none.json"), "--out", at("other")), "none.json");
        xp.refuses(List.of("train", recipe.toString(), "--out", at("other"), "--stop-after", "-1"), "--stop-after");
        xp.refuses(List.of("train", recipe.toString(), "--out", at("other"), "--precision", "f16"), "--precision must be f32 or bf16");
    }
}
