package org.xprompt4j.bench.torch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.xprompt4j.bench.openblas.OpenBlasKernels;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.Json;

/** The other side: {@code bench/torch/anchors.py} under a Python that has PyTorch. */
final class PyTorch {
    /**
     * A way to run it. PyTorch's own threads and those of its matrix library get into each other's way on few cores, and which
     * setting is best differs by work; ours is compared with the best.
     *
     * @param name for the report
     * @param threads of PyTorch itself
     * @param environment further variables
     */
    record Variant(String name, int threads, Map<String, String> environment) {
        static List<Variant> of(int threads) {
            List<Variant> variants = new ArrayList<>();
            variants.add(new Variant(threads + " threads", threads, Map.of()));
            if (threads > 1) {
                variants.add(new Variant(threads + " threads that wait asleep", threads, Map.of("OMP_WAIT_POLICY", "PASSIVE")));
                variants.add(new Variant("1 thread, " + threads + " of its matrix library", 1, Map.of("OPENBLAS_NUM_THREADS", Integer.toString(threads))));
            } else {
                return List.of(new Variant("1 thread", 1, Map.of("OPENBLAS_NUM_THREADS", "1", "OMP_NUM_THREADS", "1")));
            }
            return variants;
        }
    }

    private final String python;
    private final Path script;
    private final Map<String, String> kernels = OpenBlasKernels.environment(); // PyTorch of Debian multiplies with OpenBLAS

    private PyTorch(String python, Path script) {
        this.python = python;
        this.script = script;
    }

    /**
     * Finds a Python with PyTorch.
     *
     * @param given its command; null to try the usual ones
     * @throws InvalidInput when there is none, saying what to install
     */
    static PyTorch find(String given, Path script) {
        for (String python : given == null ? List.of("python3", "/usr/bin/python3") : List.of(given)) {
            try {
                Process probe = new ProcessBuilder(python, "-c", "import torch").redirectErrorStream(true).start();
                probe.inputReader().transferTo(Writer.nullWriter());
                if (probe.waitFor() == 0) {
                    return new PyTorch(python, script);
                }
            } catch (IOException e) {
                System.err.println(python + " does not start: " + e.getMessage());
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
        throw new InvalidInput("no Python with PyTorch" + (given == null ? "" : " at " + given)
                + "; install it (apt-get install --no-install-recommends python3-torch) or name one with --python");
    }

    /** Runs some of the work; returns its JSON lines. */
    List<Json> run(Variant variant, String only, int repeat) {
        List<String> command = List.of(python, script.toString(), "--threads", Integer.toString(variant.threads), "--repeat", Integer.toString(repeat),
                "--only", only);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(kernels);
        builder.environment().putAll(variant.environment);
        List<Json> lines = new ArrayList<>();
        try {
            Process process = builder.start();
            try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                    lines.add(Json.parse(line.getBytes(StandardCharsets.UTF_8), script.toString()));
                }
            } finally {
                process.destroy();
            }
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed");
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while PyTorch ran", e);
    }
}
