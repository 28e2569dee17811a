package org.xprompt4j.tensor;

import java.lang.foreign.MemorySegment;

/**
 * A block of memory on one device. Tensors are views of storages; a {@link MemoryScope} owns them.
 * Access after the owner was closed throws {@link IllegalStateException} naming the scope.
 */
public abstract class Storage {
    private final long byteSize;
    private final String owner;

    protected Storage(long byteSize, String owner) {
        this.byteSize = byteSize;
        this.owner = owner;
    }

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

    /** The exception for use after close. */
    protected final IllegalStateException closed() {
        return new IllegalStateException(
                "memory of scope '" + owner + "' (" + byteSize + " bytes) was used after the scope was closed; "
                        + "keep the tensor in a scope that lives longer");
    }
}
