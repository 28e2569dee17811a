package org.xprompt4j.cuda.timing;

import org.xprompt4j.cuda.driver.CudaDriver;
import org.xprompt4j.cuda.driver.CudaEvent;
import org.xprompt4j.cuda.driver.EmulatedDriver;
import org.xprompt4j.cuda.memory.DeviceStorage;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Tensor;

/**
 * The clock of a CUDA device: events in the queue that the backend's kernels run in. Found through a tensor of the device, so that
 * it works through whatever wraps the backend.
 */
public final class DeviceClock {
    /** A mark in the queue; the driver's event is freed by closing it. */
    public static final class Mark implements AutoCloseable {
        private final CudaEvent event;

        private Mark(CudaEvent event) {
            this.event = event;
        }

        @Override
        public void close() {
            event.close();
        }
    }

    private final CudaDriver driver;

    private DeviceClock(CudaDriver driver) {
        this.driver = driver;
    }

    /**
     * The clock of the device that holds a tensor.
     *
     * @throws InvalidInput when it lies on the host, whose work these events cannot time
     */
    public static DeviceClock of(Tensor tensor) {
        if (tensor.storage() instanceof DeviceStorage storage) {
            return new DeviceClock(storage.driver());
        }
        throw new InvalidInput(tensor + " does not lie on a CUDA device; use device cuda, or ptx to run without timing");
    }

    /** True for the emulator, whose marks say nothing of any GPU. */
    public boolean isEmulated() {
        return driver instanceof EmulatedDriver;
    }

    /** The device as its maker calls it. */
    public String device() {
        return driver.properties().name();
    }

    /** CUDA version of the driver, such as {@code 13.0}. */
    public String driverVersion() {
        return driver.properties().driverText();
    }

    /** Bytes of the second-level cache, beyond which buffers are to be rotated. */
    public long cacheBytes() {
        return driver.properties().l2Bytes();
    }

    /** Bytes of device memory that are free now. */
    public long freeBytes() {
        return driver.freeBytes();
    }

    /** Sets a mark behind everything queued. */
    public Mark mark() {
        return new Mark(driver.mark());
    }

    /** Time between two marks in microseconds, as the device saw it; waits for the second. */
    public double microseconds(Mark from, Mark to) {
        return 1e3 * driver.milliseconds(from.event, to.event);
    }

    /** Waits for everything queued. */
    public void await() {
        driver.synchronize();
    }

    /** The queue as CUDA's C interface names it ({@code cudaStream_t}), for a library that is to run in it; 0 on the emulator. */
    public long stream() {
        return driver.streamHandle();
    }

    /** Device address of a tensor's first element, for a library. */
    public static long address(Tensor tensor) {
        return ((DeviceStorage) tensor.storage()).address(tensor.offset() * tensor.dtype().bytes());
    }
}
