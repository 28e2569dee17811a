package org.xprompt4j.bench.openblas;

import java.util.ArrayList;
import java.util.HashMap;
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
 * Our sgemm beside OpenBLAS's. Prints a line of JSON for each shape and number of threads, medians over the forks, and at the end
 * the geometric mean and the smallest of the ratios. A ratio above 1 says that ours is faster.
 *
 * <pre>{@code bench/openblas [--threads 1,2] [--shapes square|training|all|MxNxK,...] [--forks 5] [--rounds 5] [--library FILE]
 *     [--history FILE]}</pre>
 */
public final class GemmComparison {
    /**
     * OpenBLAS's threads spin for 2^26 cycles after each product unless told otherwise, also through our next turns: on two cores they
     * took half of one. 2^18 is about as long as our own threads spin.
     */
    private static final Map<String, String> SHORT_SPINS = Map.of("OPENBLAS_THREAD_TIMEOUT", "18");

    private GemmComparison() {
    }

    public static void main(String[] args) {
        CommandLine.run("openblas", () -> {
            Arguments arguments = Arguments.parse(args, GemmFork.OPTIONS);
            int[] threads = arguments.integers("threads", "1,2", 1, 4096);
            int forks = arguments.integer("forks", 5, 1, 100);
            String set = arguments.string("shapes", "all");
            List<GemmShape> shapes = GemmShape.of(set);
            Map<String, String> environment = new HashMap<>(OpenBlasKernels.environment(arguments.string("library", null)));
            environment.putAll(SHORT_SPINS);
            History history = History.of(arguments.string("history", "none"));
            double logarithms = 0;
            double smallest = Double.POSITIVE_INFINITY;
            for (int count : threads) {
                List<List<Json>> runs = new ArrayList<>();
                for (int fork = 0; fork < forks; fork++) {
                    runs.add(ForkedJvm.run(GemmFork.class, List.of(ForkedJvm.threads(count)), childArguments(arguments, count, set), environment));
                }
                for (int i = 0; i < shapes.size(); i++) {
                    double ratio = print(shapes.get(i), count, i, runs, history);
                    logarithms += Math.log(ratio);
                    smallest = Math.min(smallest, ratio);
                }
            }
            Map<String, Object> summary = new LinkedHashMap<>();
            summary.put("shapes", shapes.size() * threads.length);
            summary.put("forks", forks);
            summary.put("ratio_geometric_mean", Spread.rounded(Math.exp(logarithms / (shapes.size() * threads.length)), 3));
            summary.put("ratio_min", Spread.rounded(smallest, 3));
            System.out.println(JsonWriter.compact(summary));
        });
    }

    private static List<String> childArguments(Arguments arguments, int threads, String shapes) {
        List<String> out = new ArrayList<>(List.of("--threads", Integer.toString(threads), "--shapes", shapes,
                "--rounds", arguments.string("rounds", "5")));
        if (arguments.string("library", null) != null) {
            out.addAll(List.of("--library", arguments.string("library", null)));
        }
        return out;
    }

    private static double print(GemmShape shape, int threads, int index, List<List<Json>> runs, History history) {
        Spread ours = spread(runs, index, "ours_gflops");
        Spread ratio = spread(runs, index, "ratio");
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("m", shape.m());
        line.put("n", shape.n());
        line.put("k", shape.k());
        line.put("threads", threads);
        line.put("ours_gflops", Spread.rounded(ours.median(), 4));
        line.put("openblas_gflops", Spread.rounded(spread(runs, index, "openblas_gflops").median(), 4));
        line.put("ratio", Spread.rounded(ratio.median(), 3));
        line.put("order", shape.order());
        line.put("use", shape.use());
        line.put("ours_min", Spread.rounded(ours.min(), 4));
        line.put("ours_max", Spread.rounded(ours.max(), 4));
        line.put("ratio_min", Spread.rounded(ratio.min(), 3));
        line.put("ratio_max", Spread.rounded(ratio.max(), 3));
        line.put("processor_share", Spread.rounded(spread(runs, index, "processor_share").median(), 3));
        history.append("openblas", line);
        System.out.println(JsonWriter.compact(line));
        return ratio.median();
    }

    private static Spread spread(List<List<Json>> runs, int index, String field) {
        return Spread.of(runs.stream().mapToDouble(run -> run.get(index).number(field)).toArray());
    }
}
