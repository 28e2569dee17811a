package org.xprompt4j.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Owns the memory of the tensors allocated in it and gives all of it back to the backend's pool when closed. A training step
 * opens one; every activation lives in it. Nothing is left to the garbage collector. Not thread-safe: one thread allocates.
 *
 * <pre>{@code
 * try (MemoryScope scope = backend.openScope("step")) {
 *     Tensor x = scope.allocate(DType.F32, 4, 16); // not cleared
 * }
 * }</pre>
 */
public final class MemoryScope implements AutoCloseable {
    private final String name;
    private final MemoryPool pool;
    private final List<Storage> storages = new ArrayList<>();
    private long bytes;
    private boolean open = true;

    /** Backends open scopes; programs call {@link Backend#openScope}. */
    public MemoryScope(String name, MemoryPool pool) {
        this.name = name;
        this.pool = pool;
    }

    public String name() {
        return name;
    }

    /** A contiguous tensor whose elements are whatever the memory held before. */
    public Tensor allocate(DType dtype, Shape shape) {
        requireOpen();
        long size = Math.multiplyExact(shape.numel(), dtype.bytes());
        Storage storage = pool.take(size, name);
        storages.add(storage);
        bytes += storage.byteSize();
        return Tensor.over(storage, 0, dtype, shape);
    }

    /** See {@link #allocate(DType, Shape)}. */
    public Tensor allocate(DType dtype, long... dims) {
        return allocate(dtype, Shape.of(dims));
    }

    /** An F32 tensor of these values in row-major order. */
    public Tensor of(float[] values, long... dims) {
        return allocate(DType.F32, dims).set(values);
    }

    /** An I32 tensor of these values in row-major order. */
    public Tensor of(int[] values, long... dims) {
        return allocate(DType.I32, dims).set(values);
    }

    /** Moves the memory behind a tensor of this scope to another scope of the same backend, to outlive this one. */
    public void moveTo(MemoryScope other, Tensor tensor) {
        requireOpen();
        other.requireOpen();
        if (other.pool != pool || !storages.remove(tensor.storage())) {
            throw new IllegalArgumentException(tensor + " does not belong to scope '" + name + "' or the scopes differ in device");
        }
        bytes -= tensor.storage().byteSize();
        other.storages.add(tensor.storage());
        other.bytes += tensor.storage().byteSize();
    }

    /** Bytes held by this scope now, rounded up to the pool's block sizes. */
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            for (int i = storages.size() - 1; i >= 0; i--) {
                pool.giveBack(storages.get(i));
            }
            storages.clear();
            bytes = 0;
        }
    }

    private void requireOpen() {
        if (!open) {
            throw new IllegalStateException("memory scope '" + name + "' is closed");
        }
    }
}
