package org.xprompt4j.bench.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xprompt4j.bench.Arguments;
import org.xprompt4j.bench.CommandLine;
import org.xprompt4j.bench.ForkedJvm;
import org.xprompt4j.bench.History;
import org.xprompt4j.bench.Spread;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.JsonWriter;

/**
 * Megabytes a second of one core that the text tokenizer encodes. Prints a line of JSON for each text and each way of cutting it, medians
 * over several virtual machines. Time is that of the thread on its processor, so that other work on the machine counts less.
 *
 * <pre>{@code bench/text-encode [--forks 3] [--rounds 9] [--tokenizer FILE] [--history FILE]}</pre>
 */
public final class EncodeSpeed {
    private EncodeSpeed() {
    }

    public static void main(String[] args) {
        CommandLine.run("text-encode", () -> {
            Arguments arguments = Arguments.parse(args, EncodeFork.OPTIONS);
            int forks = arguments.integer("forks", 3, 1, 100);
            History history = History.of(arguments.string("history", "none"));
            List<String> passed = new ArrayList<>(List.of("--rounds", Integer.toString(arguments.integer("rounds", 9, 1, 1000))));
            if (arguments.string("tokenizer", null) != null) {
                passed.addAll(List.of("--tokenizer", arguments.string("tokenizer", null)));
            }
            List<List<Json>> runs = new ArrayList<>();
            for (int fork = 0; fork < forks; fork++) {
                runs.add(ForkedJvm.run(EncodeFork.class, List.of(), passed));
            }
            for (int i = 0; i < runs.getFirst().size(); i++) {
                print(i, runs, history);
            }
        });
    }

    private static void print(int index, List<List<Json>> runs, History history) {
        Json first = runs.getFirst().get(index);
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("text", first.string("text"));
        line.put("cut", first.string("cut"));
        line.put("megabytes", Spread.rounded(first.number("megabytes"), 3));
        line.put("tokens", first.integer("tokens"));
        line.put("forks", runs.size());
        Spread spread = Spread.of(runs.stream().mapToDouble(run -> run.get(index).number("megabytes_per_second")).toArray());
        line.put("megabytes_per_second", Spread.rounded(spread.median(), 3));
        line.put("megabytes_per_second_min", Spread.rounded(spread.min(), 3));
        line.put("megabytes_per_second_max", Spread.rounded(spread.max(), 3));
        System.out.println(JsonWriter.compact(line));
        history.append("text-encode", line);
    }
}
