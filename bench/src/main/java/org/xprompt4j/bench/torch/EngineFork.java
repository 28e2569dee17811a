package org.xprompt4j.bench.torch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.xprompt4j.bench.Arguments;
import org.xprompt4j.bench.CommandLine;
import org.xprompt4j.bench.Spread;
import org.xprompt4j.bench.peak.ReadRate;
import org.xprompt4j.bench.work.Autoencoder;
import org.xprompt4j.bench.work.DecodeStep;
import org.xprompt4j.bench.work.LinearLayers;
import org.xprompt4j.bench.work.TrainStep;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.file.JsonWriter;

/** One virtual machine of the comparison: our side, a JSON line for each work. */
final class EngineFork {
    static final Set<String> OPTIONS = Set.of("only", "repeat", "forks", "threads", "python", "history");
    static final String ALL = "train,decode,vqgan";

    private static final long WARM_UP_NANOS = 2_500_000_000L;
    private static final long DECODE_TURN_NANOS = 150_000_000L;

    private final Backend backend;
    private final int threads;
    private final int repeat;

    private EngineFork(Backend backend, int threads, int repeat) {
        this.backend = backend;
        this.threads = threads;
        this.repeat = repeat;
    }

    public static void main(String[] args) {
        CommandLine.run("torch-cpu", () -> {
            Arguments arguments = Arguments.parse(args, OPTIONS);
            try (Backend backend = Backends.open("cpu")) {
                EngineFork fork = new EngineFork(backend, arguments.integer("threads", 1, 1, 4096), arguments.integer("repeat", 5, 1, 1000));
                for (String work : arguments.string("only", ALL).split(",")) {
                    switch (work) {
                        case "train" -> fork.train();
                        case "decode" -> {
                            fork.decode("decode", DType.F32);
                            fork.decode("decode-bf16", DType.BF16);
                            fork.decode("decode-int8", DType.I8);
                        }
                        case "vqgan" -> fork.vqgan();
                        default -> throw new IllegalArgumentException(work);
                    }
                }
            }
        });
    }

    private void train() {
        try (TrainStep step = new TrainStep(backend, TrainStep.Size.STANDARD)) {
            double seconds = seconds(repeat, step::run);
            Map<String, Object> line = line("train", step.size().tokens() / seconds, "tokens/s");
            double rate = step.size().flops() / seconds * 1e-9;
            try (LinearLayers layers = new LinearLayers(backend, step.size())) {
                double sgemm = layers.flops() / seconds(repeat, layers::run) * 1e-9;
                line.put("gflops", rate);
                line.put("sgemm_gflops", sgemm);
                line.put("share_of_sgemm", rate / sgemm);
            }
            System.out.println(JsonWriter.compact(line));
        }
    }

    /** Turns of decoding and of reading memory, so that both see the machine in the same state. */
    private void decode(String work, DType weights) {
        int turns = 2 * repeat + 1;
        double[] seconds = new double[turns]; // of a token
        double[] one = new double[turns]; // rates of reading, 10^9 bytes a second
        double[] four = new double[turns];
        double[] shareOfOne = new double[turns];
        double[] shareOfFour = new double[turns];
        try (DecodeStep step = new DecodeStep(backend, DecodeStep.Size.STANDARD, weights); ReadRate read = new ReadRate(threads)) {
            turn(step, WARM_UP_NANOS);
            for (int i = 0; i < turns; i++) {
                seconds[i] = turn(step, DECODE_TURN_NANOS);
                one[i] = read.inOneStream();
                four[i] = read.inFourStreams();
                double rate = step.weightBytes() / seconds[i] * 1e-9;
                shareOfOne[i] = rate / one[i];
                shareOfFour[i] = rate / four[i];
            }
            Map<String, Object> line = line(work, 1 / Spread.of(seconds).median(), "tokens/s");
            line.put("gbytes_per_s", step.weightBytes() / Spread.of(seconds).median() * 1e-9);
            line.put("read_gbytes_per_s", Spread.of(one).median());
            line.put("read4_gbytes_per_s", Spread.of(four).median());
            line.put("share_of_read", Spread.of(shareOfOne).median());
            line.put("share_of_read4", Spread.of(shareOfFour).median());
            System.out.println(JsonWriter.compact(line));
        }
    }

    /** Mean seconds of a token over at least so long. */
    private static double turn(DecodeStep step, long nanoseconds) {
        long start = System.nanoTime();
        long end;
        int tokens = 0;
        do {
            step.run();
            tokens++;
            end = System.nanoTime();
        } while (end - start < nanoseconds);
        return (end - start) * 1e-9 / tokens;
    }

    private void vqgan() {
        try (Autoencoder autoencoder = new Autoencoder(backend, Autoencoder.Size.STANDARD)) {
            double pictures = autoencoder.size().batch();
            System.out.println(JsonWriter.compact(
                    line("vqgan-encode", pictures / seconds(repeat, () -> autoencoder.encode(false)), "images/s")));
            System.out.println(JsonWriter.compact(
                    line("vqgan-decode", pictures / seconds(repeat, () -> autoencoder.decode(false)), "images/s")));
        }
    }

    private static Map<String, Object> line(String work, double rate, String unit) {
        return new LinkedHashMap<>(Map.of("work", work, "rate", rate, "unit", unit));
    }

    /** Median over the repeats, after a warm-up. */
    private static double seconds(int repeat, Runnable work) {
        long warm = System.nanoTime() + WARM_UP_NANOS;
        do {
            work.run();
        } while (System.nanoTime() < warm);
        double[] seconds = new double[repeat];
        for (int i = 0; i < repeat; i++) {
            long start = System.nanoTime();
            work.run();
            seconds[i] = (System.nanoTime() - start) * 1e-9;
        }
        return Spread.of(seconds).median();
    }
}
