package org.xprompt4j.bench.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.xprompt4j.bench.Arguments;
import org.xprompt4j.bench.CommandLine;
import org.xprompt4j.bench.ForkedJvm;
import org.xprompt4j.bench.History;
import org.xprompt4j.bench.Spread;
import org.xprompt4j.bench.peak.Peak;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.JsonWriter;

/**
 * Runs benchmarks by name under JMH, measures the machine's peaks before and after, and prints a JSON line for each operation and
 * shape: median, smallest and largest of the forks' medians, rates, and the share of the roofline. JMH's own progress goes to
 * standard error, its raw results, fork by fork, to {@code --raw}.
 *
 * <pre>{@code bench/run.sh NAME... [--threads 1,2] [--forks 5] [--warmup 5] [--iterations 5] [--millis 300] [--param shape=A;B]
 *     [--profile gc] [--history FILE|none] [--raw DIR]}</pre>
 */
public final class BenchmarkRun {
    private static final Set<String> OPTIONS = Set.of("threads", "forks", "warmup", "iterations", "millis", "param", "profile", "history", "raw");

    private final Arguments arguments;
    private final History history;
    private final Path raw;

    private BenchmarkRun(Arguments arguments) {
        this.arguments = arguments;
        this.history = History.of(arguments.string("history", "none"));
        this.raw = Path.of(arguments.string("raw", "bench-raw"));
    }

    public static void main(String[] args) {
        CommandLine.run("bench", () -> new BenchmarkRun(Arguments.parse(args, OPTIONS)).run());
    }

    private void run() throws IOException, RunnerException {
        if (arguments.words().isEmpty()) {
            throw new InvalidInput("name what to run: " + String.join(", ", Benchmarks.byName().keySet()) + ", or all");
        }
        List<String> names = arguments.words().contains("all") ? List.copyOf(Benchmarks.byName().keySet()) : arguments.words();
        names.forEach(Benchmarks::find);
        int cores = Runtime.getRuntime().availableProcessors();
        Files.createDirectories(raw);
        for (int threads : arguments.integers("threads", Integer.toString(cores), 1, 4096)) {
            Peak before = Peak.measure(threads);
            Map<String, Collection<RunResult>> results = new LinkedHashMap<>();
            for (String name : names) {
                results.put(name, jmh(name, threads));
            }
            Peak peak = before.or(Peak.measure(threads));
            System.err.printf(Locale.ROOT, "peak of %d thread(s): %.1f GFLOP/s, read %.1f GB/s, copy %.1f GB/s%n", threads, peak.gflops(),
                    peak.readGbytes(), peak.copyGbytes());
            results.forEach((name, runs) -> runs.forEach(result -> report(name, result, peak)));
        }
    }

    private Collection<RunResult> jmh(String name, int threads) throws RunnerException {
        Class<? extends OperationBenchmark> type = Benchmarks.find(name);
        TimeValue iteration = TimeValue.milliseconds(arguments.integer("millis", 300, 1, 600_000));
        ChainedOptionsBuilder options = new OptionsBuilder().include("^" + type.getName().replace(".", "\\.") + "\\.")
                .forks(arguments.integer("forks", 5, 1, 100))
                .warmupIterations(arguments.integer("warmup", 5, 0, 1000)).warmupTime(iteration)
                .measurementIterations(arguments.integer("iterations", 5, 1, 1000)).measurementTime(iteration)
                .jvmArgsAppend(ForkedJvm.threads(threads)).shouldFailOnError(true)
                .resultFormat(ResultFormatType.JSON).result(raw.resolve(name + "-" + threads + "-threads.json").toString());
        String profiler = arguments.string("profile", null);
        if (profiler != null) {
            options.addProfiler(profiler);
        }
        String param = arguments.string("param", null);
        if (param != null) {
            if (!param.matches("\\w+=.+")) {
                throw new InvalidInput("--param must be NAME=VALUE;VALUE..., is '" + param + "'");
            }
            options.param(param.substring(0, param.indexOf('=')), param.substring(param.indexOf('=') + 1).split(";"));
        }
        return new Runner(options.build(), OutputFormatFactory.createFormatInstance(System.err, VerboseMode.NORMAL)).run();
    }

    private void report(String name, RunResult result, Peak peak) {
        BenchmarkParams params = result.getParams();
        String method = params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
        Map<String, String> values = new LinkedHashMap<>();
        params.getParamsKeys().forEach(key -> values.put(key, params.getParam(key)));
        Work work = Benchmarks.with(Benchmarks.find(name), values).work(method);
        List<Double> forks = new ArrayList<>(); // medians in microseconds
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            forks.add(Spread.of(fork.getIterationResults().stream().mapToDouble(i -> i.getPrimaryResult().getScore()).toArray()).median());
        }
        Spread micros = Spread.of(forks.stream().mapToDouble(Double::doubleValue).toArray());
        Map<String, Object> line = figures(name + "." + method, String.join(" ", values.values()), micros, work, peak);
        line.put("forks", forks.stream().map(fork -> Spread.rounded(fork, 5)).toList());
        history.append("jmh", line);
        System.out.println(JsonWriter.compact(line));
    }

    /** The figures of one operation and shape; times in microseconds. */
    static Map<String, Object> figures(String op, String shape, Spread micros, Work work, Peak peak) {
        double seconds = micros.median() * 1e-6;
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("op", op);
        line.put("shape", shape);
        line.put("threads", peak.threads());
        line.put("unit", "us");
        line.put("median", Spread.rounded(micros.median(), 5));
        line.put("min", Spread.rounded(micros.min(), 5));
        line.put("max", Spread.rounded(micros.max(), 5));
        line.put("gflops", Spread.rounded(work.flops() / seconds * 1e-9, 4));
        line.put("gbytes_per_s", Spread.rounded(work.bytes() / seconds * 1e-9, 4));
        line.put("flops", work.flops());
        line.put("bytes", work.bytes());
        line.put("peak_gflops", Spread.rounded(peak.gflops(), 4));
        line.put("peak_gbytes_per_s", Spread.rounded(peak.readGbytes(), 4));
        line.put("peak_copy_gbytes_per_s", Spread.rounded(peak.copyGbytes(), 4));
        line.put("bound", work.flops() / peak.gflops() > work.bytes() / peak.readGbytes() ? "compute" : "memory");
        line.put("share", Spread.rounded(peak.leastSeconds(work.flops(), work.bytes()) / seconds, 3));
        return line;
    }
}
