package org.xprompt4j.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Off-heap memory of the host in blocks of rounded sizes, 64-byte aligned. A block that comes back waits for the next request
 * of its size class, or, when nothing smaller fits, for one down to half its size: fresh memory has to be zeroed, page by page. Nothing
 * goes back to the system before {@link #close} or until a request would not fit otherwise. Thread-safe. Every request gets a storage
 * object of its own, so a tensor of a closed scope can never see the block's next owner.
 */
public final class HostMemoryPool implements MemoryPool, AutoCloseable {
    /** Alignment of every block: one cache line, one 512-bit vector. */
    public static final long ALIGNMENT = 64;

    /** System property with the most bytes that a device of the host may hold, such as {@code 512m} or {@code 4g}. */
    public static final String LIMIT_PROPERTY = "xprompt4j.memory.limit";

    private static final int STEPS_PER_DOUBLING = 8; // a new block is at most 12.5 % larger than the request
    private static final int MOST_WASTE = 2; // a block that waited is at most so many times larger than the request
    private static final int MOST_LISTED = 12; // owners named in a message

    private record Block(Arena arena, MemorySegment segment) {
    }

    private final long limit;
    private final TreeMap<Long, ArrayDeque<Block>> free = new TreeMap<>(); // by size class
    private final Map<Storage, Block> used = new IdentityHashMap<>();
    private long reservedBytes;
    private long usedBytes;
    private boolean open = true;

    /**
     * A pool bounded by {@link #LIMIT_PROPERTY}; without it by the machine and the JVM ({@code -XX:MaxDirectMemorySize}, by
     * default as much as {@code -Xmx}).
     */
    public HostMemoryPool() {
        this(limit(LIMIT_PROPERTY));
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
        Block block = waiting(size);
        if (block == null) {
            block = allocate(size, owner);
        }
        HostStorage storage = new HostStorage(block.segment(), owner);
        used.put(storage, block);
        usedBytes += storage.byteSize();
        return storage;
    }

    @Override
    public synchronized void giveBack(Storage storage) {
        Block block = used.get(storage);
        if (block == null) {
            if (!open) {
                return; // closing the pool took every block back already
            }
            throw new IllegalArgumentException("memory of scope '" + storage.owner() + "' does not belong to this pool or was given back");
        }
        ((HostStorage) storage).invalidate();
        used.remove(storage);
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

    /**
     * Returns all memory to the system; a second close does nothing.
     *
     * @throws IllegalStateException naming the scopes that are still open; their memory was returned all the same and later
     *         access through it throws. When an operation computes in it now, nothing was returned and the pool stays open
     */
    @Override
    public synchronized void close() {
        used.keySet().forEach(Storage::requireFree);
        String left = used.isEmpty() ? null : owners();
        open = false;
        releaseFree();
        for (Map.Entry<Storage, Block> entry : used.entrySet()) {
            ((HostStorage) entry.getKey()).invalidate();
            release(entry.getValue());
        }
        used.clear();
        usedBytes = 0;
        if (left != null) {
            throw new IllegalStateException("the device was closed before these scopes: " + left + "; their tensors are gone, close scopes first");
        }
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

    /** The smallest block that waits, fits and is not more than twice too large; null when there is none. */
    private Block waiting(long size) {
        for (Map.Entry<Long, ArrayDeque<Block>> sameSize : free.tailMap(size).entrySet()) {
            if (sameSize.getKey() > MOST_WASTE * size) {
                break;
            }
            if (!sameSize.getValue().isEmpty()) {
                return sameSize.getValue().pop();
            }
        }
        return null;
    }

    private Block allocate(long size, String owner) {
        if (size > limit - reservedBytes) {
            releaseFree(); // blocks of other sizes may stand in the way
        }
        if (size > limit - reservedBytes) {
            throw outOfMemory(size, owner, "the limit is " + amount(limit), null);
        }
        try {
            return obtain(size);
        } catch (OutOfMemoryError first) {
            releaseFree();
            try {
                return obtain(size);
            } catch (OutOfMemoryError second) {
                throw outOfMemory(size, owner, "the system gives no more (" + second.getMessage() + ")", second);
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
        return new InvalidInput("out of memory: scope '" + owner + "' asked for " + amount(size) + " while " + amount(usedBytes)
                + " are in use (" + (used.isEmpty() ? "none" : owners()) + "), and " + why + "; use smaller batches or pictures", cause);
    }

    /** What each scope holds, the largest first. */
    private String owners() {
        record Holding(String owner, long bytes, int tensors) {
            Holding plus(Holding other) {
                return new Holding(owner, bytes + other.bytes, tensors + other.tensors);
            }
        }
        Map<String, Holding> byOwner = new HashMap<>();
        used.keySet().forEach(s -> byOwner.merge(s.owner(), new Holding(s.owner(), s.byteSize(), 1), Holding::plus));
        List<Holding> largest = new ArrayList<>(byOwner.values());
        largest.sort(Comparator.comparingLong(Holding::bytes).reversed().thenComparing(Holding::owner));
        String listed = largest.stream().limit(MOST_LISTED)
                .map(h -> "'" + h.owner() + "' " + amount(h.bytes()) + " in " + h.tensors() + (h.tensors() == 1 ? " tensor" : " tensors"))
                .collect(Collectors.joining(", "));
        int more = largest.size() - MOST_LISTED;
        return more <= 0 ? listed : listed + " and " + more + " smaller scopes with "
                + amount(largest.stream().skip(MOST_LISTED).mapToLong(Holding::bytes).sum());
    }

    private static String amount(long bytes) {
        return bytes < 1 << 20 ? bytes + " bytes" : (bytes >> 20) + " MB";
    }

    /**
     * The bytes that a system property sets as a limit: a number that may end in k, m or g; without the property no limit.
     *
     * @throws InvalidInput naming the property
     */
    public static long limit(String property) {
        String text = System.getProperty(property);
        return text == null ? Long.MAX_VALUE : bytes(text, property);
    }

    static long bytes(String text, String property) {
        Matcher matcher = Pattern.compile("([0-9]{1,12})([kmg]?)").matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new InvalidInput("-D" + property + "=" + text + " must be a number of bytes, or one that ends in k, m or g, such as 512m");
        }
        int shift = switch (matcher.group(2)) {
            case "k" -> 10;
            case "m" -> 20;
            case "g" -> 30;
            default -> 0;
        };
        return Math.min(Long.parseLong(matcher.group(1)), Long.MAX_VALUE >> shift) << shift;
    }
}
