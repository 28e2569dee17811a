package org.xprompt4j.bench.emulator;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.xprompt4j.bench.Arguments;
import org.xprompt4j.bench.CommandLine;
import org.xprompt4j.cuda.emulator.CheckLevel;
import org.xprompt4j.cuda.timing.EmulatedMeter;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.JsonWriter;

/**
 * One virtual machine of the measurement. An operation is computed once and compared with the scalar oracle, repeated until the compiler has
 * had its time, and then counted: instructions of its launches over the seconds that the emulator spent in them.
 */
final class EmulatorFork {
    static final Set<String> OPTIONS = Set.of("checks", "millis", "forks", "history");

    private static final double F32_BOUND = 1e-4;
    private static final double BF16_BOUND = 2e-2;

    private EmulatorFork() {
    }

    public static void main(String[] args) {
        CommandLine.run("emulator", () -> {
            Arguments arguments = Arguments.parse(args, OPTIONS);
            CheckLevel level = arguments.string("checks", "on").equals("on") ? CheckLevel.CHECK : CheckLevel.FAST;
            long nanoseconds = 1_000_000L * arguments.integer("millis", 1500, 1, 600_000);
            for (EmulatedWork work : EmulatedWork.all()) {
                System.out.println(JsonWriter.compact(measure(work, level, nanoseconds)));
            }
        });
    }

    /**
     * Measures one operation.
     *
     * @param least nanoseconds of warm-up, and again of what is counted
     * @throws IllegalStateException when its result is wrong; nothing is counted then
     */
    static Map<String, Object> measure(EmulatedWork work, CheckLevel level, long least) {
        try (EmulatedMeter meter = new EmulatedMeter(level, work.tensorCores());
                MemoryScope scope = meter.backend().openScope("emulator speed")) {
            EmulatedWork.Ready ready = work.setup().on(new EmulatedWork.Operands(meter.backend(), scope));
            ready.run().run();
            requireRight(work, ready.result());
            repeat(ready.run(), least);
            meter.start();
            int calls = repeat(ready.run(), least);
            EmulatedMeter.Counts counted = meter.counts();
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("work", work.name());
            line.put("kernels", String.join(" ", counted.kernels()));
            line.put("thread_instructions_per_call", (double) counted.laneInstructions() / calls);
            line.put("thread_instructions_per_second", 1e9 * counted.laneInstructions() / counted.nanoseconds());
            line.put("warp_instructions_per_second", 1e9 * counted.warpInstructions() / counted.nanoseconds());
            return line;
        }
    }

    private static int repeat(Runnable run, long least) {
        long start = System.nanoTime();
        int calls = 0;
        do {
            run.run();
            calls++;
        } while (System.nanoTime() - start < least);
        return calls;
    }

    private static void requireRight(EmulatedWork work, Tensor measured) {
        try (Backend oracle = Backends.open("scalar"); MemoryScope scope = oracle.openScope("reference")) {
            EmulatedWork.Ready reference = work.setup().on(new EmulatedWork.Operands(oracle, scope));
            reference.run().run();
            if (!isRight(work.tensorCores(), reference.result(), measured)) {
                throw new IllegalStateException(work.name() + ": the emulator's result is wrong");
            }
        }
    }

    private static boolean isRight(boolean tensorCores, Tensor reference, Tensor measured) {
        if (reference.dtype() == DType.I32) {
            return Arrays.equals(reference.toIntArray(), measured.toIntArray());
        }
        float[] expected = reference.toFloatArray();
        float[] found = measured.toFloatArray();
        double difference = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow((double) expected[i] - found[i], 2);
            size += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference) <= (tensorCores ? BF16_BOUND : F32_BOUND) * Math.sqrt(size); // false for NaN too
    }
}
