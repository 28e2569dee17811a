package org.xprompt4j.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Runs in a JVM of its own over the stub of libcuda: prints one line a check, "ok" last. */
final class StubDriverRun {
    private static final String PTX = ".version 8.0\n.target sm_80\n.visible .entry scale() { ret; }\n";

    private StubDriverRun() {
    }

    public static void main(String[] args) {
        String obstacle = DriverProbe.obstacle(0);
        if (obstacle != null) {
            System.out.println("obstacle: " + obstacle);
            return;
        }
        try (NvidiaDriver driver = new NvidiaDriver(0); Arena arena = Arena.ofConfined()) {
            System.out.println("device: " + driver.properties());
            roundTrips(driver);
            launches(driver, arena);
            captures(driver, arena);
            errors(driver);
        }
        System.out.println("ok");
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
        System.out.println(what);
    }

    private static float[] floats(CudaDriver driver, long address, int count) {
        float[] out = new float[count];
        driver.copyToHost(MemorySegment.ofArray(out), address);
        return out;
    }

    /** Data larger than both halves of the staging ring, from memory that changes right after the call. */
    private static void roundTrips(CudaDriver driver) {
        for (int count : new int[] {1, 63, 64, 65, 1 << 20, (1 << 21) + 7, (5 << 20) + 3}) {
            byte[] data = new byte[count];
            for (int i = 0; i < count; i++) {
                data[i] = (byte) (i * 31 + count);
            }
            byte[] sent = data.clone();
            long address = driver.allocate(count + 64, "round trip");
            driver.copyToDevice(address + 16, MemorySegment.ofArray(sent));
            Arrays.fill(sent, (byte) 0);
            byte[] back = new byte[count];
            driver.copyToHost(MemorySegment.ofArray(back), address + 16);
            require(Arrays.equals(data, back), "round trip of " + count + " bytes");
            byte[] few = new byte[16];
            driver.copyToHost(MemorySegment.ofArray(back), address + 16, MemorySegment.ofArray(few), address + 16 + count / 2 - count / 2 % 4);
            require(Arrays.equals(data, back) && (count < 64 || few[3] == data[count / 2 - count / 2 % 4 + 3]), "two places in one wait");
            driver.free(address);
        }
        long before = driver.waits();
        long address = driver.allocate(1 << 16, "small writes");
        for (int i = 0; i < 60; i++) {
            driver.copyToDevice(address, MemorySegment.ofArray(new byte[1 << 16]));
        }
        require(driver.waits() == before, "small writes do not wait");
        driver.free(address);
    }

    private static KernelArguments scale(KernelArguments arguments, long x, float factor, long out, long n) {
        return arguments.clear().pointer(x).f32(factor).pointer(out).i32(0).i64(n);
    }

    private static void launches(CudaDriver driver, Arena arena) {
        long x = driver.allocate(400, "x");
        long y = driver.allocate(400, "y");
        float[] values = new float[100];
        for (int i = 0; i < values.length; i++) {
            values[i] = i - 7.5f;
        }
        driver.copyToDevice(x, MemorySegment.ofArray(values));
        KernelFunction function = driver.function("elementwise", PTX, "scale");
        KernelArguments arguments = new KernelArguments(arena);
        for (float factor : new float[] {2, -0.5f}) { // the same block of arguments again
            driver.launch(function, LaunchShape.of(1, 128), scale(arguments, x, factor, y, 100));
            float[] out = floats(driver, y, 100);
            require(out[0] == factor * values[0] && out[99] == factor * values[99], "launch with factor " + factor);
        }
        driver.fill(y, (byte) 0, 400);
        driver.copyOnDevice(y + 4, x, 40);
        float[] out = floats(driver, y, 100);
        require(out[0] == 0 && out[1] == values[0] && out[10] == values[9] && out[11] == 0, "fill and copy on the device");
        try (CudaEvent from = driver.mark(); CudaEvent to = driver.mark()) {
            require(driver.milliseconds(from, to) == 1.5f, "time between marks");
        }
    }

    private static void captures(CudaDriver driver, Arena arena) {
        long x = driver.allocate(16, "x");
        driver.copyToDevice(x, MemorySegment.ofArray(new float[] {1, 2, 3, 4}));
        KernelFunction function = driver.function("elementwise", PTX, "scale");
        KernelArguments arguments = new KernelArguments(arena);
        driver.beginCapture();
        driver.launch(function, LaunchShape.of(1, 32), scale(arguments, x, 2, x, 4));
        driver.launch(function, LaunchShape.of(1, 32), scale(arguments, x, 5, x, 4)); // the block changes while capturing
        refused(() -> driver.copyToHost(MemorySegment.ofArray(new float[1]), x), "inside a captured step");
        refused(driver::synchronize, "inside a captured step");
        refused(() -> driver.free(x), "inside a captured step");
        refused(driver::mark, "inside a captured step");
        refused(driver::beginCapture, "inside a captured step");
        try (CudaGraph graph = driver.endCapture()) {
            require(graph.operations() == 2, "operations of a graph");
            require(floats(driver, x, 4)[3] == 4, "captured work does not run");
            driver.launch(graph);
            driver.launch(graph);
            long waits = driver.waits();
            try (CudaEvent mark = driver.mark()) {
                require(!driver.isDone(mark) && driver.isDone(mark), "a mark is asked without waiting");
                driver.await(mark);
            }
            require(driver.waits() == waits + 1, "a wait for a mark is counted");
            require(Arrays.equals(floats(driver, x, 4), new float[] {100, 200, 300, 400}), "a graph replays with the arguments of its capture");
        }
        driver.beginCapture();
        driver.launch(function, LaunchShape.of(1, 32), scale(arguments, x, 2, x, 4));
        driver.abandonCapture();
        driver.launch(function, LaunchShape.of(1, 32), scale(arguments, x, 2, x, 4));
        require(floats(driver, x, 4)[0] == 200, "a capture that was given up leaves nothing behind");
    }

    private static void errors(CudaDriver driver) {
        refused(() -> driver.function("elementwise", PTX, "nothing"), "cuModuleGetFunction of elementwise.nothing");
        refused(() -> driver.function("broken", "not ptx", "scale"), "cuModuleLoadData of broken.ptx");
        try {
            driver.allocate(1L << 40, "everything");
            throw new AssertionError("an allocation of everything went through");
        } catch (CudaException e) {
            require(e.isOutOfMemory() && e.getMessage().contains("'everything'") && e.getMessage().contains("smaller batch"), "out of memory is told");
        }
    }

    private static void refused(Runnable call, String part) {
        try {
            call.run();
        } catch (CudaException | IllegalStateException e) {
            require(e.getMessage().contains(part), "refused: " + part);
            return;
        }
        throw new AssertionError("not refused: " + part);
    }
}
