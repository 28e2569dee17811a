package org.xprompt4j.bench.emulator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.xprompt4j.bench.Arguments;
import org.xprompt4j.bench.CommandLine;
import org.xprompt4j.bench.ForkedJvm;
import org.xprompt4j.bench.History;
import org.xprompt4j.bench.Spread;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.JsonWriter;

/**
 * Instructions a second of the PTX emulator. Prints a line of JSON for each operation, with all checks and without, medians over several
 * virtual machines. An instruction of a warp counts as one of each of its active threads.
 *
 * <pre>{@code bench/emulator [--forks 3] [--checks on|off|both] [--millis 1500] [--history FILE]}</pre>
 */
public final class EmulatorSpeed {
    private EmulatorSpeed() {
    }

    public static void main(String[] args) {
        CommandLine.run("emulator", () -> {
            Arguments arguments = Arguments.parse(args, EmulatorFork.OPTIONS);
            int forks = arguments.integer("forks", 3, 1, 100);
            String millis = Integer.toString(arguments.integer("millis", 1500, 1, 600_000));
            History history = History.of(arguments.string("history", "none"));
            for (String checks : levels(arguments.string("checks", "both"))) {
                List<List<Json>> runs = new ArrayList<>();
                for (int fork = 0; fork < forks; fork++) {
                    runs.add(ForkedJvm.run(EmulatorFork.class, List.of(), List.of("--checks", checks, "--millis", millis)));
                }
                for (int i = 0; i < runs.getFirst().size(); i++) {
                    print(checks, i, runs, history);
                }
            }
        });
    }

    static List<String> levels(String checks) {
        return switch (checks) {
            case "both" -> List.of("on", "off");
            case "on", "off" -> List.of(checks);
            default -> throw new InvalidInput("option --checks must be on, off or both, is '" + checks + "'");
        };
    }

    private static void print(String checks, int index, List<List<Json>> runs, History history) {
        Json first = runs.getFirst().get(index);
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("work", first.string("work"));
        line.put("kernels", first.string("kernels"));
        line.put("checks", checks);
        line.put("forks", runs.size());
        line.put("thread_instructions_per_call", first.number("thread_instructions_per_call"));
        for (String rate : new String[] {"thread_instructions_per_second", "warp_instructions_per_second"}) {
            Spread spread = Spread.of(runs.stream().mapToDouble(run -> run.get(index).number(rate)).toArray());
            line.put(rate, Spread.rounded(spread.median(), 3));
            line.put(rate + "_min", Spread.rounded(spread.min(), 3));
            line.put(rate + "_max", Spread.rounded(spread.max(), 3));
        }
        System.out.println(JsonWriter.compact(line));
        history.append("emulator", line);
    }
}
