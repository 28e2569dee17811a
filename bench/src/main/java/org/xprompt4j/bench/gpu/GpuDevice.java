package org.xprompt4j.bench.gpu;

import org.xprompt4j.cuda.timing.DeviceClock;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;

/**
 * A device opened for measuring in one precision.
 *
 * @param backend what is measured
 * @param clock of its queue
 */
public record GpuDevice(Backend backend, DeviceClock clock) implements AutoCloseable {
    private static final String PROPERTY = "xprompt4j.cuda.precision";

    /**
     * Opens {@code cuda}, or {@code ptx} to run everything without timing.
     *
     * @throws InvalidInput when the device cannot be used, saying what is missing
     */
    public static GpuDevice open(String device, Precision precision) {
        String before = System.getProperty(PROPERTY);
        System.setProperty(PROPERTY, precision.word());
        try {
            return of(Backends.open(device));
        } catch (InvalidInput e) {
            throw new InvalidInput(e.getMessage().replace("use --device cpu", "see that all works run with --device ptx, without timing"), e);
        } finally {
            if (before == null) {
                System.clearProperty(PROPERTY);
            } else {
                System.setProperty(PROPERTY, before);
            }
        }
    }

    /** Over a backend that is open already; closing closes it. */
    public static GpuDevice of(Backend backend) {
        try (MemoryScope scope = backend.openScope("clock")) {
            return new GpuDevice(backend, DeviceClock.of(scope.allocate(DType.F32, 1)));
        } catch (InvalidInput e) {
            backend.close();
            throw e;
        }
    }

    /** What the pool keeps for reuse, as a share of the device's memory; another process cannot have it. */
    double keeps() {
        double kept = backend.memory().reservedBytes() - backend.memory().usedBytes();
        return kept / (kept + backend.memory().usedBytes() + clock.freeBytes());
    }

    @Override
    public void close() {
        backend.close();
    }
}
