package org.xprompt4j.bench.gpu;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import org.xprompt4j.bench.Arguments;
import org.xprompt4j.bench.CommandLine;
import org.xprompt4j.bench.History;
import org.xprompt4j.bench.gpu.work.GpuWorks;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;

/**
 * Measures the GPU's works within a limit of time and writes {@code results.jsonl} (as each is done), {@code report.md} and a roofline
 * picture for each precision. Every result is compared with a reference first; a wrong one is named, not timed, and makes the exit
 * code 1.
 *
 * <p>On {@code ptx}, the emulator, the same works run at tiny sizes and are checked; no time and no ratio is written.
 *
 * <pre>{@code bench/gpu-report.sh [--device cuda|ptx] [--sizes full|tiny] [--only matmul,attention] [--out DIR] [--history FILE|none]
 *     [--limit SECONDS] [--python python3|none] [--cublas FILE|none]}</pre>
 */
public final class GpuReport {
    static final Set<String> OPTIONS = Set.of("device", "sizes", "only", "out", "history", "limit", "python", "cublas");
    static final String EMULATED = "emulated: no timing";
    private static final int LIMIT = 430; // seconds until the last work begins
    private static final int END = 40; // seconds more that it may wait for the other side: with the report under eight minutes
    private static final double KEPT = 0.25; // of the device's memory in our pool, beyond which it is given back for the other side

    private final Arguments arguments;
    private final PrintStream out;
    private final Function<Precision, GpuDevice> devices;
    private final Path folder;
    private final boolean tiny;
    private final List<GpuWork> works;
    private final Roofs roofs = new Roofs();
    private final List<Measured> measured = new ArrayList<>();
    private final Map<String, String> unmeasured = new LinkedHashMap<>(); // op and shape to the reason
    private final List<String> wrong = new ArrayList<>();
    private String deviceName = "";

    /**
     * A report of a command line.
     *
     * @param devices opens the device in a precision
     */
    GpuReport(Arguments arguments, PrintStream out, Function<Precision, GpuDevice> devices) {
        this.arguments = arguments;
        this.out = out;
        this.devices = devices;
        this.folder = Path.of(arguments.string("out", "bench/results/gpu"));
        String sizes = arguments.string("sizes", arguments.string("device", "cuda").equals("ptx") ? "tiny" : "full");
        if (!sizes.equals("full") && !sizes.equals("tiny")) {
            throw new InvalidInput("option --sizes must be full or tiny, is '" + sizes + "'");
        }
        this.tiny = sizes.equals("tiny");
        this.works = chosen(GpuWorks.all(tiny), arguments.string("only", null));
    }

    public static void main(String[] args) {
        CommandLine.run("gpu-report", () -> {
            Arguments arguments = Arguments.parse(args, OPTIONS);
            String device = arguments.string("device", "cuda");
            if (!device.equals("cuda") && !device.equals("ptx")) {
                throw new InvalidInput("option --device must be cuda or ptx, is '" + device + "'");
            }
            if (!new GpuReport(arguments, System.out, precision -> GpuDevice.open(device, precision)).run()) {
                System.err.println("gpu-report: the works named above are wrong or broke down; the others were measured");
                System.exit(1);
            }
        });
    }

    private static List<GpuWork> chosen(List<GpuWork> all, String only) {
        if (only == null) {
            return all;
        }
        List<String> names = Arrays.asList(only.split(","));
        List<String> known = all.stream().map(GpuWork::operation).distinct().toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new InvalidInput("option --only: '" + name + "' is not known; there are " + String.join(", ", known));
            }
        }
        return all.stream().filter(work -> names.contains(work.operation()) || GpuWorks.isRoof(work)).toList();
    }

    /** Runs all; false when a result was wrong. */
    boolean run() {
        long start = System.nanoTime();
        int limit = arguments.integer("limit", LIMIT, 1, 86_400);
        Precision open = null;
        GpuDevice device = null;
        GpuMeter meter = null;
        Cublas cublas = null;
        TorchChild torch = null;
        GpuLog log = null;
        Clocks clocks = new Clocks(Integer.getInteger("xprompt4j.cuda.device", 0));
        try {
            for (GpuWork work : works) {
                if (work.precision() != open || device.keeps() > KEPT) {
                    close(meter, cublas, device);
                    meter = null;
                    cublas = null;
                    device = null;
                    device = devices.apply(work.precision());
                    open = work.precision();
                    boolean emulated = device.clock().isEmulated();
                    if (log == null) {
                        log = begin(device, emulated);
                        torch = emulated ? null : torch();
                        if (torch != null) {
                            torch.deadline(start + (limit + END) * 1_000_000_000L);
                        }
                    }
                    cublas = emulated ? null : cublas(device);
                    meter = new GpuMeter(device, cublas, torch, clocks);
                }
                if ((System.nanoTime() - start) * 1e-9 > limit) {
                    unmeasured.put(work.op() + " " + work.shape(), "the " + limit + " s were over");
                } else {
                    one(work, meter, log);
                }
            }
        } finally {
            close(meter, cublas, device, torch);
        }
        log.end(works, measured, unmeasured, roofs);
        wrong.forEach(System.err::println);
        return wrong.isEmpty();
    }

    private GpuLog begin(GpuDevice device, boolean emulated) {
        deviceName = device.clock().device();
        if (emulated && !tiny) {
            throw new InvalidInput("the emulator runs --sizes tiny alone: full sizes would take it days");
        }
        String history = arguments.string("history", "none");
        if (tiny && !history.equals("none")) {
            throw new InvalidInput("tiny sizes say nothing of a GPU and do not belong into a history; leave out --history");
        }
        AtomicFile.folder(folder);
        Path results = folder.resolve("results.jsonl");
        try {
            Files.deleteIfExists(results); // of an earlier run
        } catch (IOException e) {
            throw new InvalidInput(results + ": cannot be replaced: " + e.getMessage(), e);
        }
        return new GpuLog(folder, deviceName, emulated, List.of(History.of(results.toString()), History.of(history)), out);
    }

    private Cublas cublas(GpuDevice device) {
        String given = arguments.string("cublas", null);
        if ("none".equals(given)) {
            return null;
        }
        try {
            return Cublas.open(given, device.clock().stream());
        } catch (InvalidInput | IllegalStateException e) { // not there, or it does not start
            System.err.println("not compared with cuBLAS: " + e.getMessage());
            return null;
        }
    }

    private TorchChild torch() {
        String python = arguments.string("python", "python3");
        if (python.equals("none")) {
            return null;
        }
        try {
            return TorchChild.find(python, Path.of(System.getProperty("xprompt4j.bench.home", "bench"), "torch", "gpu_anchors.py"));
        } catch (InvalidInput e) {
            System.err.println("not compared with PyTorch: " + e.getMessage());
            return null;
        }
    }

    private void one(GpuWork work, GpuMeter meter, GpuLog log) {
        String name = work.op() + " " + work.shape() + " " + work.precision().word();
        try {
            if (log.isEmulated()) {
                meter.check(work);
                log.checked(work);
                return;
            }
            Measured result = meter.measure(work);
            measured.add(result);
            raise(result);
            log.measured(result, roofs);
        } catch (InvalidInput e) { // out of memory
            unmeasured.put(name, e.getMessage());
            System.err.println(name + ": not measured: " + e.getMessage());
        } catch (RuntimeException e) { // one work at fault does not take the others' figures with it
            String why = e instanceof WrongResult ? e.getMessage() : e.toString();
            wrong.add(name + ": " + why);
            unmeasured.put(name, why);
            log.failed(work, why);
        }
    }

    private void raise(Measured result) {
        String op = result.work().op();
        double theirs = result.rival() == null ? 0 : result.micros().median() / result.theirMicros().median(); // times our rate
        if (op.equals("copy.forward")) {
            roofs.copied(result.gbytes() * Math.max(1, theirs));
        } else if (op.equals("read.forward")) {
            roofs.read(result.gbytes() * Math.max(1, theirs));
        } else if (result.work().operation().equals("matmul")) {
            roofs.multiplied(result.work().precision(), result.gflops() * Math.max(1, theirs));
        }
    }

    /** Closes in this order what is open; each backend takes its context with it, so what lives on it goes first. */
    private static void close(AutoCloseable... all) {
        for (AutoCloseable one : all) {
            if (one != null) {
                try {
                    one.close();
                } catch (RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}
