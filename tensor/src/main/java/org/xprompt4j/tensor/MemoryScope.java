package org.xprompt4j.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Owns the memory of the tensors allocated in it and gives all of it back to the backend's pool when closed. A training step
 * opens one; every activation lives in it. Nothing is left to the garbage collector.
 *
 * <p>Scopes may be closed in any order: each takes its own tensors with it and no others. One may go from thread to thread, but
 * two threads that use it at the same time are told so, and so is one that closes it while another computes with its tensors.
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
    private final AtomicReference<Thread> user = new AtomicReference<>(); // the thread inside a method now
    private long bytes;
    private boolean open = true;

    /** Backends open scopes; programs call {@link Backend#openScope}. */
    public MemoryScope(String name, MemoryPool pool) {
        this.name = name;
        this.pool = pool;
    }

    /** The name that messages give it. */
    public String name() {
        return name;
    }

    /**
     * A contiguous tensor whose elements are whatever the memory held before.
     *
     * @throws InvalidInput when there is no memory left, naming what was asked for and what each scope holds
     * @throws IllegalStateException when the scope is closed or another thread uses it at the same time
     */
    public Tensor allocate(DType dtype, Shape shape) {
        enter();
        try {
            requireOpen(dtype, shape);
            Storage storage = take(dtype, shape);
            storages.add(storage);
            bytes += storage.byteSize();
            return Tensor.over(storage, 0, dtype, shape);
        } finally {
            user.set(null);
        }
    }

    private Storage take(DType dtype, Shape shape) {
        long size = Math.multiplyExact(shape.numel(), dtype.bytes());
        try {
            return pool.take(size, name);
        } catch (InvalidInput e) {
            throw new InvalidInput(dtype.name() + shape + ": " + e.getMessage(), e);
        }
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
        enter();
        try {
            requireOpen(tensor.dtype(), tensor.shape());
            other.enter();
            try {
                other.requireOpen(tensor.dtype(), tensor.shape());
                if (other.pool != pool || !storages.remove(tensor.storage())) {
                    throw new IllegalArgumentException(tensor + " does not belong to scope '" + name + "' or the scopes differ in device");
                }
                bytes -= tensor.storage().byteSize();
                other.storages.add(tensor.storage());
                other.bytes += tensor.storage().byteSize();
            } finally {
                other.user.set(null);
            }
        } finally {
            user.set(null);
        }
    }

    /** Bytes held by this scope now, rounded up to the pool's block sizes. */
    public long bytes() {
        return bytes;
    }

    /**
     * Gives all memory back; a second close does nothing.
     *
     * @throws IllegalStateException when an operation of another thread computes with a tensor of this scope, or allocates in
     *         it; the scope then stays open
     */
    @Override
    public void close() {
        enter();
        try {
            storages.forEach(Storage::requireFree); // all or nothing
            for (int i = storages.size() - 1; i >= 0; i--) {
                pool.giveBack(storages.get(i));
                storages.remove(i);
            }
            open = false;
            bytes = 0;
        } finally {
            user.set(null);
        }
    }

    private void enter() {
        Thread thread = Thread.currentThread();
        Thread other = user.compareAndExchange(null, thread);
        if (other == thread) {
            throw new IllegalStateException("memory scope '" + name + "' was entered again by thread '" + thread.getName()
                    + "' while it allocates; a pool must not call the scopes that it serves");
        }
        if (other != null) {
            throw new IllegalStateException("memory scope '" + name + "' is used by threads '" + other.getName() + "' and '" + thread.getName()
                    + "' at the same time; give each thread a scope of its own");
        }
    }

    private void requireOpen(DType dtype, Shape shape) {
        if (!open) {
            throw new IllegalStateException("memory scope '" + name + "' is closed; " + dtype + shape + " cannot be allocated in it any more");
        }
    }
}
