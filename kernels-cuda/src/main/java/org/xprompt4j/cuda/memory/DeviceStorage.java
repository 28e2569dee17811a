package org.xprompt4j.cuda.memory;

import java.lang.foreign.MemorySegment;

import org.xprompt4j.cuda.driver.CudaDriver;
import org.xprompt4j.cuda.driver.CudaException;
import org.xprompt4j.tensor.Storage;

/**
 * A block of device memory. Small blocks keep a {@link HostShadow} of what the host wrote into them, so that ids, labels and
 * lengths can be checked without waiting for the device.
 */
public final class DeviceStorage extends Storage {
    private static final long MOST_SHADOWED = 1 << 16; // bytes

    private final CudaDriver driver;
    private final DeviceFaults faults;
    private final DevicePool pool;
    private final long address;
    private HostShadow shadow; // null before the first small write
    private boolean alive = true;

    DeviceStorage(CudaDriver driver, DeviceFaults faults, DevicePool pool, long address, long byteSize, String owner) {
        super(byteSize, owner);
        this.driver = driver;
        this.faults = faults;
        this.pool = pool;
        this.address = address;
    }

    @Override
    public boolean isAlive() {
        return alive;
    }

    void invalidate() {
        alive = false;
        shadow = null;
    }

    /** The driver of the device that this memory lies on. */
    public CudaDriver driver() {
        return driver;
    }

    /** Device address of a byte. */
    public long address(long byteOffset) {
        if (!alive) {
            throw closed();
        }
        return address + byteOffset;
    }

    /** Called for whatever a kernel or a device copy may write: the host no longer knows these bytes. */
    public void written(long byteOffset, long bytes) {
        forget(byteOffset, bytes);
        if (byteSize() <= MOST_SHADOWED) {
            pool.noteWrite(this, byteOffset, bytes);
        }
    }

    void forget(long byteOffset, long bytes) {
        if (shadow != null) {
            shadow.forget(byteOffset, bytes);
        }
    }

    /** What the host wrote to these bytes, or null when it does not know all of them. */
    public MemorySegment known(long byteOffset, long bytes) {
        return shadow == null ? null : shadow.known(byteOffset, bytes);
    }

    @Override
    public MemorySegment segment() {
        throw new UnsupportedOperationException("memory of scope '" + owner() + "' lies on a device; use read and write");
    }

    @Override
    public void read(long byteOffset, MemorySegment target) {
        requireInside(byteOffset, target.byteSize());
        MemorySegment known = alive ? known(byteOffset, target.byteSize()) : null;
        if (known != null) { // no wait for what the host wrote itself
            target.copyFrom(known);
            return;
        }
        try {
            faults.read(target, address(byteOffset));
        } catch (CudaException e) {
            throw new CudaException("reading memory of scope '" + owner() + "': " + e.getMessage(), e.isOutOfMemory(), e);
        }
    }

    @Override
    public void write(long byteOffset, MemorySegment source) {
        requireInside(byteOffset, source.byteSize());
        try {
            driver.copyToDevice(address(byteOffset), source);
        } catch (CudaException e) {
            throw new CudaException("writing to memory of scope '" + owner() + "': " + e.getMessage(), e.isOutOfMemory(), e);
        }
        if (byteSize() <= MOST_SHADOWED) {
            if (shadow == null) {
                shadow = new HostShadow(Math.toIntExact(byteSize()));
            }
            shadow.write(byteOffset, source);
        }
    }

    private void requireInside(long byteOffset, long bytes) {
        if (byteOffset < 0 || bytes > byteSize() - byteOffset) {
            throw new IndexOutOfBoundsException(bytes + " bytes from " + byteOffset + " of a block of " + byteSize() + " in scope '" + owner() + "'");
        }
    }
}
