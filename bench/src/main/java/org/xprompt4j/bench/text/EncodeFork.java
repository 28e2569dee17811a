package org.xprompt4j.bench.text;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.xprompt4j.bench.Arguments;
import org.xprompt4j.bench.CommandLine;
import org.xprompt4j.bench.Spread;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.JsonWriter;
import org.xprompt4j.xprompt.text.TextTokenizer;

/**
 * One virtual machine of the measurement. A text is encoded and decoded once and compared with itself, encoded until the compiler has had
 * its time, and then timed.
 */
final class EncodeFork {
    static final Set<String> OPTIONS = Set.of("forks", "rounds", "tokenizer", "history");

    private static final int WARM_UP = 6; // rounds
    private static final String TOKENIZER = "tests/src/test/resources/golden/tokenizer/tokenizer.json";
    private static final int DISTINCT_WORDS = 150_000;
    private static final String CHAMELEON = """
            {"type": "Sequence", "pretokenizers": [
             {"type": "Split", "pattern": {"Regex": "<sentinel:[0-9]+>"}, "behavior": "Isolated", "invert": false},
             {"type": "Split", "pattern": {"Regex": "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z"}, "behavior": "Isolated", "invert": false},
             {"type": "Split", "pattern": {"Regex": "([\\t\\n]|    |  )"}, "behavior": "Isolated", "invert": false},
             {"type": "Digits", "individual_digits": true},
             {"type": "Punctuation", "behavior": "Isolated"},
             {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]}
            """;

    private EncodeFork() {
    }

    public static void main(String[] args) {
        CommandLine.run("text-encode", () -> {
            Arguments arguments = Arguments.parse(args, OPTIONS);
            Path repository = Path.of(System.getProperty("xprompt4j.bench.home", "bench")).toAbsolutePath().getParent();
            Path file = Path.of(arguments.string("tokenizer", repository.resolve(TOKENIZER).toString()));
            int rounds = arguments.integer("rounds", 9, 1, 1000);
            Map<String, TextTokenizer> tokenizers = tokenizers(file);
            for (Map.Entry<String, String> text : texts(repository).entrySet()) {
                for (Map.Entry<String, TextTokenizer> tokenizer : tokenizers.entrySet()) {
                    Map<String, Object> line = new LinkedHashMap<>();
                    line.put("text", text.getKey());
                    line.put("cut", tokenizer.getKey());
                    line.putAll(measure(tokenizer.getValue(), text.getValue(), rounds));
                    System.out.println(JsonWriter.compact(line));
                }
            }
        });
    }

    /** The tokenizer of a file, cutting as the file says and with Chameleon's chain of cuts. */
    static Map<String, TextTokenizer> tokenizers(Path file) {
        Map<String, TextTokenizer> out = new LinkedHashMap<>();
        out.put("as the file says", TextTokenizer.read(file));
        @SuppressWarnings("unchecked")
        Map<String, Object> root = (Map<String, Object>) Json.read(file).toJava();
        root.put("pre_tokenizer", Json.parse(CHAMELEON.getBytes(StandardCharsets.UTF_8), "Chameleon's cuts").toJava());
        out.put("chameleon", TextTokenizer.parse(JsonWriter.compact(root), file.toString()));
        return out;
    }

    /** Prose and code of the repository, and words of which none comes twice, so that nothing joined before is of use. */
    static Map<String, String> texts(Path repository) {
        Map<String, String> out = new LinkedHashMap<>();
        out.put("prose", all(repository, ".md"));
        out.put("code", all(repository, ".java"));
        StringBuilder words = new StringBuilder();
        Philox random = new Philox(20_261_126, 0);
        for (int i = 0; i < DISTINCT_WORDS; i++) {
            words.append(i == 0 ? "" : " ");
            for (int rest = i, letter = 0; letter < 4; letter++, rest /= 26) {
                words.append((char) ('a' + rest % 26)); // the first four letters count
            }
            for (int letters = 2 + random.nextInt(8); letters > 0; letters--) {
                words.append((char) ('a' + random.nextInt(26)));
            }
        }
        out.put("distinct words", words.toString());
        return out;
    }

    private static String all(Path repository, String ending) {
        StringBuilder out = new StringBuilder();
        try (Stream<Path> paths = Files.walk(repository)) {
            for (Path path : paths.filter(path -> path.toString().endsWith(ending) && !path.toString().contains("/target/") && Files.isRegularFile(path)).sorted().toList()) {
                out.append(Files.readString(path));
            }
        } catch (IOException e) {
            throw new InvalidInput(repository + ": cannot be read: " + e.getMessage(), e);
        }
        return out.toString();
    }

    /**
     * Megabytes of UTF-8 a second of this thread's processor time.
     *
     * @throws IllegalStateException when the text does not come back from its ids; nothing is timed then
     */
    static Map<String, Object> measure(TextTokenizer tokenizer, String text, int rounds) {
        int[] ids = tokenizer.encodePlain(text);
        if (!tokenizer.decode(ids).equals(text)) {
            throw new IllegalStateException("the text does not come back from its ids");
        }
        double megabytes = text.getBytes(StandardCharsets.UTF_8).length * 1e-6;
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        double[] rates = new double[rounds];
        for (int round = -WARM_UP; round < rounds; round++) {
            long start = threads.getCurrentThreadCpuTime();
            int tokens = tokenizer.encodePlain(text).length;
            long nanos = threads.getCurrentThreadCpuTime() - start;
            if (tokens != ids.length) {
                throw new IllegalStateException("the same text has " + tokens + " tokens, then " + ids.length);
            }
            if (round >= 0) {
                rates[round] = megabytes / (Math.max(1, nanos) * 1e-9);
            }
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("megabytes", megabytes);
        line.put("tokens", ids.length);
        line.put("megabytes_per_second", Spread.of(rates).median());
        return line;
    }
}
