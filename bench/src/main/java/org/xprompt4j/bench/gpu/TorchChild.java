package org.xprompt4j.bench.gpu;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.JsonWriter;

/**
 * PyTorch in a process of its own beside ours on the same GPU. It does what it is asked line by line: make a work ready, take a turn
 * of some samples, let go of it. Only one side computes at a time.
 *
 * <pre>
 * {"prepare": "rms_norm", "sizes": {...}}   {"rival": "PyTorch 2.11, compiled"}  or  {"error": "..."}
 * {"turn": 5}                               {"micros": [...]}
 * {"release": true}                         {"released": true}
 * </pre>
 */
public final class TorchChild implements AutoCloseable {
    /** PyTorch cannot do this work here; the message says why. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    private final List<String> command;
    private final Duration patience; // for one answer: compiling takes its time
    private long deadline = Long.MAX_VALUE; // System.nanoTime() beyond which nothing is waited for
    private Process process; // null when none runs
    private BufferedReader answers;
    private Writer questions;

    TorchChild(List<String> command, Duration patience) {
        this.command = command;
        this.patience = patience;
    }

    /**
     * Finds a Python with PyTorch that sees a GPU.
     *
     * @param python its command
     * @param script {@code bench/torch/gpu_anchors.py}
     * @throws InvalidInput when there is none, saying what is missing
     */
    static TorchChild find(String python, Path script) {
        try {
            Process probe = new ProcessBuilder(python, "-c", "import torch, sys; sys.exit(0 if torch.cuda.is_available() else 3)")
                    .redirectErrorStream(true).start();
            probe.inputReader().transferTo(Writer.nullWriter());
            int code = probe.waitFor();
            if (code == 0) {
                return new TorchChild(List.of(python, script.toString()), Duration.ofSeconds(100));
            }
            throw new InvalidInput(code == 3 ? "the PyTorch of " + python + " sees no GPU" : python + " has no PyTorch; name another with --python");
        } catch (IOException e) {
            throw new InvalidInput(python + " does not start (" + e.getMessage() + "); name another with --python", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + python + " started", e);
        }
    }

    /**
     * Makes a work ready and warm.
     *
     * @return what it is, for the report
     */
    String prepare(GpuWork.Torch work) throws Refused {
        Map<String, Object> question = new LinkedHashMap<>();
        question.put("prepare", work.work());
        question.put("sizes", work.sizes());
        return ask(question, "rival").string("rival");
    }

    /** Sets the time, as {@link System#nanoTime} counts it, beyond which nothing is waited for. */
    void deadline(long nanoTime) {
        deadline = nanoTime;
    }

    private Duration waiting() {
        long left = deadline == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(1, deadline - System.nanoTime());
        return left < patience.toNanos() ? Duration.ofNanos(left) : patience;
    }

    /** Some samples, in microseconds a run. */
    double[] turn(int samples) throws Refused {
        double[] micros = ask(Map.of("turn", samples), "micros").numbers("micros");
        if (micros.length != samples) {
            throw new Refused(micros.length + " samples instead of " + samples);
        }
        return micros;
    }

    /** Gives the work's memory back. */
    void release() throws Refused {
        if (process != null) {
            ask(Map.of("release", true), "released");
        }
    }

    private Json ask(Map<String, Object> question, String expected) throws Refused {
        Thread limit = null;
        try {
            if (process == null) {
                start();
            }
            Process asked = process;
            Duration wait = waiting();
            limit = Thread.ofPlatform().daemon().name("torch-limit").start(() -> {
                try {
                    Thread.sleep(wait);
                    end(asked);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt(); // the answer came
                }
            });
            questions.write(JsonWriter.compact(question) + "\n");
            questions.flush();
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (!line.startsWith("{")) {
                    System.err.println(line); // a library's own words
                    continue;
                }
                Json answer = Json.parse(line.getBytes(StandardCharsets.UTF_8), "answer of PyTorch");
                if (answer.has("error")) {
                    throw new Refused(answer.string("error"));
                }
                if (!answer.has(expected)) {
                    throw new Refused("an answer without '" + expected + "'");
                }
                return answer;
            }
            throw ended("it ended or took longer than it may");
        } catch (IOException e) {
            throw ended(e.getMessage());
        } finally {
            if (limit != null) {
                limit.interrupt();
            }
        }
    }

    /** The next question starts another process. */
    private Refused ended(String why) {
        close();
        return new Refused(why);
    }

    private void start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command)).redirectError(ProcessBuilder.Redirect.INHERIT);
        int gpu = Integer.getInteger("xprompt4j.cuda.device", 0);
        if (gpu > 0) { // the same one as ours: the child takes the first that it sees
            String visible = System.getenv("CUDA_VISIBLE_DEVICES");
            builder.environment().put("CUDA_VISIBLE_DEVICES", visible == null ? Integer.toString(gpu) : visible.split(",")[gpu].strip());
        }
        process = builder.start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        questions = process.outputWriter(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        if (process != null) {
            end(process);
            process = null;
        }
    }

    /** With its own children, such as compilers, which would hold its output open. */
    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
