package org.xprompt4j.cuda.timing;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

import org.xprompt4j.cuda.PtxBackendProvider;
import org.xprompt4j.cuda.driver.EmulatedDriver;
import org.xprompt4j.cuda.emulator.CheckLevel;
import org.xprompt4j.cuda.kernel.Precision;
import org.xprompt4j.tensor.Backend;

/** The device {@code ptx} with a count of what its launches execute and of the time that the emulator takes for them. */
public final class EmulatedMeter implements AutoCloseable {
    /** Sums over the launches since {@link #start}: kernels as file:entry, instructions of threads and of warps, nanoseconds. */
    public record Counts(Set<String> kernels, long laneInstructions, long warpInstructions, long nanoseconds) {
    }

    private final Set<String> kernels = new TreeSet<>();
    private final EmulatedDriver driver;
    private final Backend backend;
    private long lanes;
    private long warps;
    private long nanoseconds;

    /**
     * Opens a device of its own.
     *
     * @param level what the emulator checks
     * @param tensorCores whether products of floats run on the tensor cores, operands rounded to bf16
     */
    public EmulatedMeter(CheckLevel level, boolean tensorCores) {
        driver = new EmulatedDriver(level);
        backend = PtxBackendProvider.over(driver, tensorCores ? Precision.BF16 : Precision.F32);
    }

    /** The operations that are counted. */
    public Backend backend() {
        return backend;
    }

    /** Counts from here on; before it nothing is counted. */
    public void start() {
        kernels.clear();
        lanes = 0;
        warps = 0;
        nanoseconds = 0;
        driver.listener((entry, shape, report) -> {
            kernels.add(entry.module().file().replaceFirst("\\..*", "") + ":" + entry.name());
            lanes += report.laneInstructions();
            warps += report.warpInstructions();
            nanoseconds += report.nanoseconds();
        });
    }

    /** What was counted so far. */
    public Counts counts() {
        return new Counts(Collections.unmodifiableSet(new TreeSet<>(kernels)), lanes, warps, nanoseconds);
    }

    /** Closes the device. */
    @Override
    public void close() {
        backend.close();
    }
}
