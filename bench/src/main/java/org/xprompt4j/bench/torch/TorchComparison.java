package org.xprompt4j.bench.torch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.xprompt4j.bench.Arguments;
import org.xprompt4j.bench.CommandLine;
import org.xprompt4j.bench.ForkedJvm;
import org.xprompt4j.bench.History;
import org.xprompt4j.bench.Spread;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.JsonWriter;

/**
 * A training step, a token of decoding and a picture through the autoencoder: our engine, then PyTorch, in turn for every fork. The
 * first round runs PyTorch in each {@link PyTorch.Variant}; the best of each work goes on. Prints a JSON line for each work with
 * medians over the forks; a ratio above 1 says that ours is faster.
 *
 * <pre>{@code bench/torch-cpu [--only train,decode,vqgan] [--threads 2] [--forks 5] [--repeat 5] [--python python3] [--history FILE]}</pre>
 */
public final class TorchComparison {
    private static final List<String> SHARES = List.of("gflops", "sgemm_gflops", "share_of_sgemm", "gbytes_per_s", "read_gbytes_per_s",
            "read4_gbytes_per_s", "share_of_read", "share_of_read4");

    private final Arguments arguments;
    private final History history;
    private final int threads;
    private final int repeat;
    private final Map<String, List<Json>> ours = new LinkedHashMap<>(); // by work, one a fork
    private final Map<String, List<Double>> theirs = new LinkedHashMap<>(); // by work, rates of the best variant
    private final Map<String, PyTorch.Variant> best = new LinkedHashMap<>(); // by work

    private TorchComparison(Arguments arguments) {
        this.arguments = arguments;
        this.history = History.of(arguments.string("history", "none"));
        this.threads = arguments.integer("threads", Runtime.getRuntime().availableProcessors(), 1, 4096);
        this.repeat = arguments.integer("repeat", 5, 1, 1000);
    }

    public static void main(String[] args) {
        CommandLine.run("torch-cpu", () -> new TorchComparison(Arguments.parse(args, EngineFork.OPTIONS)).run());
    }

    private void run() {
        List<String> works = Arrays.asList(arguments.string("only", EngineFork.ALL).split(","));
        if (!Arrays.asList(EngineFork.ALL.split(",")).containsAll(works)) {
            throw new InvalidInput("--only must name some of " + EngineFork.ALL + ", is " + String.join(",", works));
        }
        Path script = Path.of(System.getProperty("xprompt4j.bench.home", "bench"), "torch", "anchors.py");
        PyTorch torch = PyTorch.find(arguments.string("python", null), script);
        int forks = arguments.integer("forks", 5, 1, 100);
        for (String work : works) {
            for (int fork = 0; fork < forks; fork++) {
                for (Json line : ForkedJvm.run(EngineFork.class, List.of(ForkedJvm.threads(threads)),
                        List.of("--only", work, "--threads", Integer.toString(threads), "--repeat", Integer.toString(repeat)))) {
                    ours.computeIfAbsent(line.string("work"), name -> new ArrayList<>()).add(line);
                }
                runTorch(torch, work, fork);
            }
        }
        ours.forEach(this::print);
    }

    private void runTorch(PyTorch torch, String work, int fork) {
        Set<PyTorch.Variant> variants = fork == 0 ? new LinkedHashSet<>(PyTorch.Variant.of(threads)) : new LinkedHashSet<>(best.values());
        if (fork > 0) {
            variants.removeIf(variant -> best.entrySet().stream().noneMatch(entry -> entry.getKey().startsWith(work) && entry.getValue().equals(variant)));
        }
        for (PyTorch.Variant variant : variants) {
            for (Json line : torch.run(variant, work, repeat)) {
                String name = line.string("work");
                double rate = line.number("rate");
                if (fork > 0) {
                    if (best.get(name).equals(variant)) {
                        theirs.get(name).add(rate);
                    }
                } else if (!theirs.containsKey(name) || rate > theirs.get(name).getFirst()) {
                    theirs.put(name, new ArrayList<>(List.of(rate)));
                    best.put(name, variant);
                }
            }
        }
    }

    private void print(String work, List<Json> forks) {
        String against = work.startsWith("decode-") ? "decode" : work; // PyTorch has float32 only
        Spread rate = spread(forks, "rate");
        Spread other = Spread.of(theirs.get(against).stream().mapToDouble(Double::doubleValue).toArray());
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("work", work);
        line.put("threads", threads);
        line.put("unit", forks.getFirst().string("unit"));
        line.put("ours", Spread.rounded(rate.median(), 4));
        line.put("torch", Spread.rounded(other.median(), 4));
        line.put("ratio", Spread.rounded(rate.median() / other.median(), 3));
        line.put("ours_min", Spread.rounded(rate.min(), 4));
        line.put("ours_max", Spread.rounded(rate.max(), 4));
        line.put("torch_min", Spread.rounded(other.min(), 4));
        line.put("torch_max", Spread.rounded(other.max(), 4));
        line.put("torch_runs", best.get(against).name() + (against.equals(work) ? "" : ", float32"));
        for (String share : SHARES) {
            if (forks.getFirst().has(share)) {
                line.put(share, Spread.rounded(spread(forks, share).median(), 4));
            }
        }
        history.append("torch-cpu", line);
        System.out.println(JsonWriter.compact(line));
    }

    private static Spread spread(List<Json> forks, String field) {
        return Spread.of(forks.stream().mapToDouble(fork -> fork.number(field)).toArray());
    }
}
