package org.xprompt4j.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Off-heap memory of the host in blocks of rounded sizes, 64-byte aligned. A block that comes back waits for the next request
 * of its size class; nothing goes back to the system before {@link #close} or until a request would not fit otherwise.
 * Thread-safe. Every request gets a storage object of its own, so a tensor of a closed scope can never see the block's next owner.
 */
public final class HostMemoryPool implements MemoryPool, AutoCloseable {
    /** Alignment of every block: one cache line, one 512-bit vector. */
    public static final long ALIGNMENT = 64;

    private static final int STEPS_PER_DOUBLING = 8; // a block is at most 12.5 % larger than the request

    private record Block(Arena arena, MemorySegment segment) {
    }

    private final long limit;
    private final TreeMap<Long, ArrayDeque<Block>> free = new TreeMap<>(); // by size class
    private final Map<Storage, Block> used = new IdentityHashMap<>();
    private long reservedBytes;
    private long usedBytes;
    private boolean open = true;

    /** A pool bounded by the memory of the machine alone. */
    public HostMemoryPool() {
        this(Long.MAX_VALUE);
    }

    /** A pool that refuses to hold more than {@code limit} bytes. */
    public HostMemoryPool(long limit) {
        this.limit = limit;
    }

    /**
     * A block of at least this many bytes.
     *
     * @throws InvalidInput when there is no memory left, naming the scope and the largest users
     */
    @Override
    public synchronized Storage take(long byteSize, String owner) {
        if (!open) {
            throw new IllegalStateException("memory for scope '" + owner + "' was asked of a closed backend");
        }
        if (byteSize < 0) {
            throw new IllegalArgumentException("scope '" + owner + "' asked for " + byteSize + " bytes");
        }
        long size = sizeClass(byteSize);
        ArrayDeque<Block> waiting = free.get(size);
        Block block = waiting == null || waiting.isEmpty() ? allocate(size, owner) : waiting.pop();
        HostStorage storage = new HostStorage(block.segment(), owner);
        used.put(storage, block);
        usedBytes += size;
        return storage;
    }

    @Override
    public synchronized void giveBack(Storage storage) {
        Block block = used.remove(storage);
        if (block == null) {
            if (!open) {
                return; // closing the pool took every block back already
            }
            throw new IllegalArgumentException("memory of scope '" + storage.owner() + "' does not belong to this pool or was given back");
        }
        ((HostStorage) storage).invalidate();
        usedBytes -= storage.byteSize();
        free.computeIfAbsent(storage.byteSize(), size -> new ArrayDeque<>()).push(block);
    }

    @Override
    public synchronized long reservedBytes() {
        return reservedBytes;
    }

    @Override
    public synchronized long usedBytes() {
        return usedBytes;
    }

    /** Returns all memory to the system. Storages still in use become invalid: later access through them throws. */
    @Override
    public synchronized void close() {
        open = false;
        releaseFree();
        for (Map.Entry<Storage, Block> entry : used.entrySet()) {
            ((HostStorage) entry.getKey()).invalidate();
            release(entry.getValue());
        }
        used.clear();
        usedBytes = 0;
    }

    /** Sizes grow in eighths of a power of two, so that requests of nearly equal size share blocks. */
    static long sizeClass(long byteSize) {
        if (byteSize <= ALIGNMENT * STEPS_PER_DOUBLING) {
            return Math.max(ALIGNMENT, roundUp(byteSize, ALIGNMENT));
        }
        return roundUp(byteSize, Long.highestOneBit(byteSize) / STEPS_PER_DOUBLING);
    }

    private static long roundUp(long value, long step) {
        return Math.addExact(value, step - 1) / step * step;
    }

    private Block allocate(long size, String owner) {
        if (size > limit - reservedBytes) {
            releaseFree(); // blocks of other sizes may stand in the way
        }
        if (size > limit - reservedBytes) {
            throw outOfMemory(size, owner, "the limit is " + megabytes(limit), null);
        }
        try {
            return obtain(size);
        } catch (OutOfMemoryError first) {
            releaseFree();
            try {
                return obtain(size);
            } catch (OutOfMemoryError second) {
                throw outOfMemory(size, owner, "the system gives no more", second);
            }
        }
    }

    private Block obtain(long size) {
        Arena arena = Arena.ofShared();
        MemorySegment segment;
        try {
            segment = arena.allocate(size, ALIGNMENT);
        } catch (OutOfMemoryError e) {
            arena.close();
            throw e;
        }
        reservedBytes += size;
        return new Block(arena, segment);
    }

    private void releaseFree() {
        free.values().forEach(blocks -> blocks.forEach(this::release));
        free.clear();
    }

    private void release(Block block) {
        reservedBytes -= block.segment().byteSize();
        block.arena().close();
    }

    private InvalidInput outOfMemory(long size, String owner, String why, OutOfMemoryError cause) {
        Map<String, Long> byOwner = new HashMap<>();
        used.keySet().forEach(storage -> byOwner.merge(storage.owner(), storage.byteSize(), Long::sum));
        List<Map.Entry<String, Long>> largest = new ArrayList<>(byOwner.entrySet());
        largest.sort(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()).thenComparing(Map.Entry.comparingByKey()));
        String users = largest.stream().limit(5).map(e -> "'" + e.getKey() + "' " + megabytes(e.getValue())).collect(Collectors.joining(", "));
        return new InvalidInput("out of memory: scope '" + owner + "' asked for " + megabytes(size) + " while " + megabytes(usedBytes)
                + " are in use (" + (users.isEmpty() ? "none" : users) + "), and " + why + "; use smaller batches or pictures", cause);
    }

    private static String megabytes(long bytes) {
        return bytes < 1 << 20 ? bytes + " bytes" : (bytes >> 20) + " MB";
    }
}
