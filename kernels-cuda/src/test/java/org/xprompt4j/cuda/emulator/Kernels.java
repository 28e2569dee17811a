package org.xprompt4j.cuda.emulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.xprompt4j.tensor.kernel.LaunchReport;

/** A machine with one module of the test resources, and short ways to fill buffers and launch. */
final class Kernels {
    final PtxMachine machine;
    private final PtxModule module;

    Kernels(PtxMachine machine, String resource) {
        this.machine = machine;
        this.module = module(resource);
    }

    Kernels(PtxMachine machine, PtxModule module) {
        this.machine = machine;
        this.module = module;
    }

    static PtxModule module(String resource) {
        try (InputStream file = Kernels.class.getResourceAsStream(resource)) {
            return PtxModule.parse(new String(file.readAllBytes(), StandardCharsets.UTF_8), resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    PtxModule module() {
        return module;
    }

    long empty(long bytes, String label) {
        return machine.allocate(bytes, label);
    }

    long floats(String label, float... values) {
        long address = machine.allocate(4L * values.length, label);
        machine.copyIn(address, MemorySegment.ofArray(values));
        return address;
    }

    long ints(String label, int... values) {
        long address = machine.allocate(4L * values.length, label);
        machine.copyIn(address, MemorySegment.ofArray(values));
        return address;
    }

    long longs(String label, long... values) {
        long address = machine.allocate(8L * values.length, label);
        machine.copyIn(address, MemorySegment.ofArray(values));
        return address;
    }

    long doubles(String label, double... values) {
        long address = machine.allocate(8L * values.length, label);
        machine.copyIn(address, MemorySegment.ofArray(values));
        return address;
    }

    long shorts(String label, short... values) {
        long address = machine.allocate(2L * values.length, label);
        machine.copyIn(address, MemorySegment.ofArray(values));
        return address;
    }

    float[] floats(long address, int count) {
        float[] values = new float[count];
        machine.copyOut(address, MemorySegment.ofArray(values));
        return values;
    }

    int[] ints(long address, int count) {
        int[] values = new int[count];
        machine.copyOut(address, MemorySegment.ofArray(values));
        return values;
    }

    long[] longs(long address, int count) {
        long[] values = new long[count];
        machine.copyOut(address, MemorySegment.ofArray(values));
        return values;
    }

    double[] doubles(long address, int count) {
        double[] values = new double[count];
        machine.copyOut(address, MemorySegment.ofArray(values));
        return values;
    }

    /** Launches with arguments Integer, Long (addresses too), Float and Double in order. */
    LaunchReport run(String kernel, Grid grid, Grid block, int shared, Object... arguments) {
        PtxEntry entry = module.entry(kernel);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment parameters = arena.allocate(Math.max(1, entry.parameterBytes()), 16);
            for (int i = 0; i < arguments.length; i++) {
                int offset = entry.parameters().get(i).offset();
                switch (arguments[i]) {
                    case Integer value -> parameters.set(ValueLayout.JAVA_INT, offset, value);
                    case Long value -> parameters.set(ValueLayout.JAVA_LONG, offset, value);
                    case Float value -> parameters.set(ValueLayout.JAVA_FLOAT, offset, value);
                    case Double value -> parameters.set(ValueLayout.JAVA_DOUBLE, offset, value);
                    default -> throw new IllegalArgumentException("argument " + arguments[i]);
                }
            }
            return machine.launch(entry, grid, block, shared, parameters);
        }
    }
}
