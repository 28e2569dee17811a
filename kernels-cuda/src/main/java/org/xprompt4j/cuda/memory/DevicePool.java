package org.xprompt4j.cuda.memory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.xprompt4j.cuda.driver.CudaDriver;
import org.xprompt4j.cuda.driver.CudaException;
import org.xprompt4j.tensor.HostMemoryPool;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryPool;
import org.xprompt4j.tensor.Storage;

/**
 * Device memory in blocks of rounded sizes. A block that comes back is handed out again at once: everything runs on one stream,
 * so its next user is queued behind its last. Nothing goes back to the driver before a request would not fit otherwise, unless the
 * driver checks memory and wants exact blocks.
 */
public final class DevicePool implements MemoryPool {
    /** System property with the most bytes that a device's pool may hold, such as {@code 40g}. */
    public static final String LIMIT_PROPERTY = "xprompt4j.cuda.memory.limit";

    private static final long SMALLEST = 256;
    private static final int STEPS_PER_DOUBLING = 8; // a block is at most 12.5 % larger than the request

    private final CudaDriver driver;
    private final DeviceFaults faults;
    private final long limit; // bytes
    private final TreeMap<Long, ArrayDeque<Long>> free = new TreeMap<>(); // addresses by block size
    private final Map<Storage, Long> used = new IdentityHashMap<>(); // address of each
    private long reservedBytes;
    private long usedBytes;
    private Reservation reservation; // null when no step is being recorded
    private boolean open = true;

    public DevicePool(CudaDriver driver, DeviceFaults faults) {
        this.driver = driver;
        this.faults = faults;
        this.limit = HostMemoryPool.limit(LIMIT_PROPERTY);
    }

    /**
     * A block of at least this many bytes.
     *
     * @throws InvalidInput when the device is full, with what each scope holds
     */
    @Override
    public Storage take(long byteSize, String owner) {
        if (!open) {
            throw new IllegalStateException("memory for scope '" + owner + "' was asked of a closed backend");
        }
        if (byteSize < 0) {
            throw new IllegalArgumentException("scope '" + owner + "' asked for " + byteSize + " bytes");
        }
        long size = driver.wantsExactBlocks() ? byteSize : sizeClass(byteSize);
        Long address = reservation == null ? null : pop(reservation.blocks, size);
        if (address == null) {
            address = pop(free, size);
        }
        if (address == null) {
            address = allocate(size, owner);
        }
        DeviceStorage storage = new DeviceStorage(driver, faults, this, address, size, owner);
        used.put(storage, address);
        usedBytes += size;
        return storage;
    }

    @Override
    public void giveBack(Storage storage) {
        Long address = used.remove(storage);
        if (address == null) {
            if (!open) {
                return; // closing took every block back already
            }
            throw new IllegalArgumentException("memory of scope '" + storage.owner() + "' does not belong to this pool or was given back");
        }
        ((DeviceStorage) storage).invalidate();
        usedBytes -= storage.byteSize();
        if (reservation != null) {
            push(reservation.blocks, storage.byteSize(), address);
        } else {
            release(storage.byteSize(), address);
        }
    }

    private void release(long size, long address) {
        if (driver.wantsExactBlocks()) {
            driver.free(address);
            reservedBytes -= size;
        } else {
            push(free, size, address);
        }
    }

    private static Long pop(TreeMap<Long, ArrayDeque<Long>> blocks, long size) {
        ArrayDeque<Long> waiting = blocks.get(size);
        return waiting == null || waiting.isEmpty() ? null : waiting.pop();
    }

    private static void push(TreeMap<Long, ArrayDeque<Long>> blocks, long size, long address) {
        blocks.computeIfAbsent(size, key -> new ArrayDeque<>()).push(address);
    }

    /**
     * The memory of a recorded step: what comes back to the pool while it is recorded goes round within the step and is nobody
     * else's until this is closed.
     */
    public final class Reservation implements AutoCloseable {
        private final TreeMap<Long, ArrayDeque<Long>> blocks = new TreeMap<>(); // addresses by block size
        private final List<Write> writes = new ArrayList<>(); // of the step, to memory that outlives it

        private Reservation() {
        }

        /** The step is recorded: blocks come and go as before. */
        public void seal() {
            reservation = null;
            writes.removeIf(write -> !write.storage().isAlive());
        }

        /** Called when the step is repeated: the host forgets what it knew of the memory that the step writes. */
        public void written() {
            writes.forEach(write -> write.storage().forget(write.from(), write.bytes()));
        }

        @Override
        public void close() {
            if (open) {
                blocks.forEach((size, addresses) -> addresses.forEach(address -> release(size, address)));
            }
            blocks.clear();
        }
    }

    private record Write(DeviceStorage storage, long from, long bytes) {
    }

    /** Called for whatever a kernel or a device copy may write. */
    void noteWrite(DeviceStorage storage, long from, long bytes) {
        if (reservation != null) {
            reservation.writes.add(new Write(storage, from, bytes));
        }
    }

    /** Begins to set aside the memory of a step that is recorded. */
    public Reservation reserve() {
        if (reservation != null) {
            throw new IllegalStateException("a step is recorded inside another one");
        }
        reservation = new Reservation();
        return reservation;
    }

    @Override
    public long reservedBytes() {
        return reservedBytes;
    }

    @Override
    public long usedBytes() {
        return usedBytes;
    }

    /** Returns all memory to the driver; storages still in use become invalid. */
    public void close() {
        open = false;
        releaseFree();
        used.forEach((storage, address) -> {
            ((DeviceStorage) storage).invalidate();
            driver.free(address);
        });
        used.clear();
        usedBytes = 0;
        reservedBytes = 0;
    }

    /** Sizes grow in eighths of a power of two, so that requests of nearly equal size share blocks. */
    static long sizeClass(long byteSize) {
        long step = Math.max(SMALLEST, Long.highestOneBit(Math.max(1, byteSize)) / STEPS_PER_DOUBLING);
        return Math.max(SMALLEST, Math.addExact(byteSize, step - 1) / step * step);
    }

    private long allocate(long size, String owner) {
        if (size > limit - reservedBytes && reservation == null) {
            driver.synchronize();
            releaseFree();
        }
        if (size > limit - reservedBytes) {
            throw outOfMemory(size, owner, "the limit is " + megabytes(limit) + " (-D" + LIMIT_PROPERTY + ")", null);
        }
        long address;
        try {
            address = driver.allocate(size, owner);
        } catch (CudaException first) {
            if (!first.isOutOfMemory()) {
                throw first;
            }
            if (reservation == null) { // a step that is recorded cannot wait
                driver.synchronize(); // what is queued may still use the blocks that go back to the driver now
                releaseFree();
            }
            address = again(size, owner);
        }
        reservedBytes += size;
        return address;
    }

    private long again(long size, String owner) {
        try {
            return driver.allocate(size, owner);
        } catch (CudaException second) {
            if (!second.isOutOfMemory()) {
                throw second;
            }
            throw outOfMemory(size, owner, megabytes(driver.freeBytes()) + " are free", second);
        }
    }

    private InvalidInput outOfMemory(long size, String owner, String why, CudaException cause) {
        return new InvalidInput("out of memory on " + driver.properties().name() + ": scope '" + owner + "' asked for " + megabytes(size)
                + " while " + megabytes(usedBytes) + " are in use (" + users() + ") and " + why
                + "; use a smaller batch or model, or close other programs on the GPU", cause);
    }

    private void releaseFree() {
        free.forEach((size, addresses) -> addresses.forEach(address -> {
            driver.free(address);
            reservedBytes -= size;
        }));
        free.clear();
    }

    private String users() {
        Map<String, Long> byOwner = used.keySet().stream().collect(Collectors.groupingBy(Storage::owner, Collectors.summingLong(Storage::byteSize)));
        String list = byOwner.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()).thenComparing(Map.Entry.comparingByKey()))
                .limit(5).map(entry -> "'" + entry.getKey() + "' " + megabytes(entry.getValue())).collect(Collectors.joining(", "));
        return list.isEmpty() ? "none" : list;
    }

    private static String megabytes(long bytes) {
        return bytes < 1 << 20 ? bytes + " bytes" : (bytes >> 20) + " MB";
    }
}
