package org.xprompt4j.xprompt.benchmark;

import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.Json;

/**
 * One operation at one shape, as {@code bench/run.sh} and {@code bench/gpu-report.sh} append it.
 *
 * @param op operation and method, such as {@code matmul.forward}
 * @param shape sizes as the benchmark names them
 * @param threads that computed; 0 for a GPU
 * @param median of the forks, in microseconds
 * @param min of the forks
 * @param max of the forks
 * @param gflops 10^9 operations a second
 * @param gbytes 10^9 bytes a second, operands and results counted once
 * @param peakGflops the machine's in the same run
 * @param peakGbytes the machine's reading rate in the same run
 * @param share of the roofline: least possible time over median
 * @param commit of the sources
 * @param device processor and cores; of a GPU its name and the precision of its products, which have roofs of their own
 * @param date of the run
 */
public record Measurement(String op, String shape, int threads, double median, double min, double max, double gflops, double gbytes,
        double peakGflops, double peakGbytes, double share, String commit, String device, String date) {
    static Measurement of(Json line) {
        return new Measurement(line.string("op"), line.string("shape"), line.positiveInt("threads"), positive(line, "median"),
                positive(line, "min"), positive(line, "max"), positive(line, "gflops"), positive(line, "gbytes_per_s"),
                positive(line, "peak_gflops"), positive(line, "peak_gbytes_per_s"), positive(line, "share"), line.string("commit"),
                line.string("device"), line.string("date"));
    }

    static Measurement ofGpu(Json line) {
        return new Measurement(line.string("op"), line.string("shape"), 0, positive(line, "median"), positive(line, "min"), positive(line, "max"),
                positive(line, "gflops"), positive(line, "gbytes_per_s"), positive(line, "peak_gflops"), positive(line, "peak_gbytes_per_s"),
                positive(line, "share"), line.string("commit"), line.string("device") + ", products in " + line.string("precision"), line.string("date"));
    }

    private static double positive(Json line, String field) {
        double value = line.number(field);
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new InvalidInput(line.source() + ": " + field + " must be a positive number, is " + value);
        }
        return value;
    }

    /** What identifies the measured thing: a later run of the same replaces an earlier one in a report. */
    String key() {
        return op + "\n" + shape + "\n" + threads + "\n" + device;
    }

    /** Operations for each byte. */
    double intensity() {
        return gflops / gbytes;
    }

    /** True when the roof above this operation is the processor's, not memory's. */
    boolean boundByCompute() {
        return intensity() > peakGflops / peakGbytes;
    }
}
