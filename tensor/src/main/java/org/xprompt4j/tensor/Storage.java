package org.xprompt4j.tensor;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * A block of memory on one device. Tensors are views of storages; a {@link MemoryScope} owns them.
 * Access after the owner was closed throws {@link IllegalStateException} naming tensor and scope. An operation holds its
 * operands while it runs, and what is held cannot be closed, so that no thread computes in memory that has another owner.
 */
public abstract class Storage {
    private static final AtomicIntegerFieldUpdater<Storage> HOLDS = AtomicIntegerFieldUpdater.newUpdater(Storage.class, "holds");

    private final long byteSize;
    private final String owner;
    private volatile int holds; // operations that compute with this memory now
    private Object holder; // one of them, for messages

    protected Storage(long byteSize, String owner) {
        this.byteSize = byteSize;
        this.owner = owner;
    }

    /** Size in bytes. */
    public final long byteSize() {
        return byteSize;
    }

    /** Name of the scope or file that owns this memory, for messages. */
    public final String owner() {
        return owner;
    }

    /** False once the owner has been closed. */
    public abstract boolean isAlive();

    /**
     * The memory itself where the host can address it.
     *
     * @throws IllegalStateException after the owner was closed
     * @throws UnsupportedOperationException for device memory; use {@link #read} and {@link #write}
     */
    public abstract MemorySegment segment();

    /** Copies bytes from this storage to host memory. */
    public abstract void read(long byteOffset, MemorySegment target);

    /** Copies bytes from host memory to this storage. */
    public abstract void write(long byteOffset, MemorySegment source);

    /**
     * Keeps the owner from closing until {@link #release}.
     *
     * @param user says in messages who computes: an operation with its tensors, or a tensor
     * @param tensor a view of this memory, for messages
     * @throws IllegalStateException when the owner is closed already
     */
    final void hold(Object user, Object tensor) {
        HOLDS.incrementAndGet(this); // first, so that a close at the same time sees it
        if (!isAlive()) {
            release();
            throw closed(tensor);
        }
        holder = user;
    }

    /** Ends a {@link #hold}. */
    final void release() {
        if (HOLDS.decrementAndGet(this) == 0) {
            holder = null;
        }
    }

    /**
     * Asked by owners before they close.
     *
     * @throws IllegalStateException when an operation computes with this memory now
     */
    protected final void requireFree() {
        if (holds > 0) {
            throw new IllegalStateException("memory scope '" + owner + "' cannot be closed while another thread computes with it ("
                    + holder + "); close it when that thread is done");
        }
    }

    /** The exception for use after close. */
    protected final IllegalStateException closed() {
        return closed(byteSize + " bytes in '" + owner + "'");
    }

    private static IllegalStateException closed(Object what) {
        return new IllegalStateException(what + " was used after the scope was closed; keep the tensor in a scope that lives longer");
    }
}
