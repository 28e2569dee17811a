package org.xprompt4j.xprompt.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.xprompt.text.TokenizerTrainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code xp train-bpe}: a text tokenizer from texts. */
@Command(name = "train-bpe", header = "a text tokenizer from texts", description = {
    "Learns which byte sequences of your texts deserve a token of their own, and writes a tokenizer.json of Hugging Face's form:",
    "the special tokens first, then the 256 bytes, then what was learnt, the most frequent first. Any text can be written with it,",
    "whatever it was trained on. Digits stay single. The same texts give the same file."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp train-bpe captions.txt --size 1024 --out tokenizer.json",
            "  xp train-bpe texts/ --size 4096 --out tokenizer.json          all .txt, .md and .jsonl files below texts/",
            "  xp train-bpe texts/ --special '<s>' --special '</s>' --out tokenizer.json"})
final class TrainBpeCommand implements Callable<Integer> {
    private static final int MOST_IDS = 1 << 17;
    private static final long LARGEST_FILE = 1L << 28; // bytes; a text is read as a whole

    @Mixin
    private CommonOptions common;

    @Parameters(paramLabel = "TEXT", arity = "1..*", description = "text files in UTF-8, or folders with .txt, .md and .jsonl files")
    private List<Path> texts;

    @Option(names = "--size", paramLabel = "N", defaultValue = "1024", description = "ids in all, special tokens and bytes included (default: ${DEFAULT-VALUE})")
    private int size;

    @Option(names = "--special", paramLabel = "TOKEN", description = "a token that stands before all others and is never cut; may be repeated")
    private List<String> specials = List.of();

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "the tokenizer.json to write")
    private Path out;

    @Override
    public Integer call() {
        OutputPlace.file(out);
        if (specials.stream().anyMatch(String::isEmpty) || specials.stream().distinct().count() < specials.size()) {
            throw new InvalidInput("--special: must be tokens that differ and are not empty, are " + specials);
        }
        int least = specials.size() + 256;
        if (size < least || size > MOST_IDS) {
            throw new InvalidInput("--size must be " + least + " (" + specials.size() + " special tokens and 256 bytes) to " + MOST_IDS + ", is " + size);
        }
        List<Path> files = files();
        TokenizerTrainer trainer = new TokenizerTrainer(specials);
        try (Progress progress = common.progress("read", files.size(), "files")) {
            for (Path file : files) {
                trainer.read(text(file));
                progress.step();
            }
        }
        AtomicFile.folder(out.toAbsolutePath().getParent());
        TokenizerTrainer.Result learnt;
        try (Progress progress = common.progress("learn", size, "ids")) {
            learnt = trainer.train(size, out, progress::at);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("files", files.size());
        result.put("characters", trainer.characters());
        result.put("words", trainer.words());
        result.put("tokens", learnt.tokens());
        result.put("merges", learnt.merges());
        result.put("rarest", learnt.rarest());
        result.put("out", out.toString());
        common.result(result, () -> common.out().println(String.format(Locale.ROOT,
                "%d tokens from %d files with %,d characters and %,d different words; the last merge stood %,d times: %s", learnt.tokens(), files.size(),
                trainer.characters(), trainer.words(), learnt.rarest(), out)));
        if (learnt.tokens() < size) {
            common.note("fewer than the " + size + " ids asked for: no other pair stands twice; give more text for more");
        }
        return Main.DONE;
    }

    private List<Path> files() {
        List<Path> files = new ArrayList<>();
        for (Path path : texts) {
            if (!Files.isDirectory(path)) {
                files.add(path);
                continue;
            }
            try (Stream<Path> below = Files.walk(path)) {
                List<Path> found = below.filter(Files::isRegularFile).filter(file -> file.getFileName().toString().matches(".+\\.(txt|md|jsonl)")).sorted().toList();
                if (found.isEmpty()) {
                    throw new InvalidInput(path + ": holds no .txt, .md or .jsonl file");
                }
                files.addAll(found);
            } catch (IOException e) {
                throw new InvalidInput(path + ": cannot be read (" + e.getMessage() + ")", e);
            }
        }
        return files;
    }

    private static String text(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new InvalidInput(file + ": " + (Files.exists(file) ? "is not a file" : "no such file"));
            }
            if (Files.size(file) > LARGEST_FILE) {
                throw new InvalidInput(file + ": " + Files.size(file) + " bytes are more than the " + LARGEST_FILE + " of one text; cut it into parts");
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString();
        } catch (CharacterCodingException e) {
            throw new InvalidInput(file + ": is no text in UTF-8; convert it first", e);
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }
}
