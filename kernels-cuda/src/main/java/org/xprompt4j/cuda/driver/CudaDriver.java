package org.xprompt4j.cuda.driver;

import java.lang.foreign.MemorySegment;

/**
 * The little of the CUDA driver API that the backend needs: one device, one context, one stream on which everything queued runs
 * in order. {@link NvidiaDriver} calls the real driver through JCuda, {@link EmulatedDriver} runs the same PTX on the JVM.
 * Not thread-safe: one thread drives a device.
 *
 * <p>Errors throw {@link CudaException} naming the call; a kernel's own fault may show only at the next call that waits.
 */
public interface CudaDriver extends AutoCloseable {
    DeviceProperties properties();

    /** True when every allocation is to be of the size asked for and fresh, because the driver checks what happens in it. */
    default boolean wantsExactBlocks() {
        return false;
    }

    /** Device memory, aligned to 256 bytes; its contents are undefined. */
    long allocate(long bytes, String label);

    /** Gives device memory back; what is queued must not use it any more. Not while capturing: it may wait. */
    void free(long address);

    /** Bytes of device memory that are free now. */
    long freeBytes();

    /** Queues a copy; the source may change as soon as this returns. Not while capturing. */
    void copyToDevice(long address, MemorySegment source);

    /** Waits for all that is queued, then copies. Not while capturing. */
    default void copyToHost(MemorySegment target, long address) {
        copyToHost(target, address, null, 0);
    }

    /**
     * The same for two places in one wait.
     *
     * @param few at most 256 bytes; null for none
     */
    void copyToHost(MemorySegment target, long address, MemorySegment few, long fewAddress);

    /** Queues a copy within the device; the ranges do not overlap. */
    void copyOnDevice(long to, long from, long bytes);

    /** Queues setting every byte. */
    void fill(long address, byte value, long bytes);

    /**
     * Loads a module the first time it is named, and finds an entry in it.
     *
     * @param module name for messages and for finding it again
     * @param ptx its text; read only the first time
     */
    KernelFunction function(String module, String ptx, String entry);

    /** Lets a kernel ask for more than 48 KB of dynamic shared memory. */
    void allowSharedBytes(KernelFunction function, int bytes);

    /** Queues a kernel. */
    void launch(KernelFunction function, LaunchShape shape, KernelArguments arguments);

    /** Waits for everything queued. */
    void synchronize();

    /** How often the host has waited for the device so far, copies to the host included. */
    long waits();

    /**
     * From here on, what is queued is recorded instead of run. Memory may be allocated; whatever waits for the device, copies from
     * or to the host, frees, marks, launches a graph or begins another recording is refused.
     */
    void beginCapture();

    /** Ends the recording that {@link #beginCapture} began. */
    CudaGraph endCapture();

    /** Ends a recording that failed half-way; nothing is kept of it. */
    void abandonCapture();

    /** Queues all that a graph holds, as one call. Not while capturing. */
    void launch(CudaGraph graph);

    /** A mark in the queue, for {@link #milliseconds} and {@link #await}. The driver frees it when it is closed. Not while capturing. */
    CudaEvent mark();

    /** True when all that was queued before a mark is known to be done. Does not wait. */
    boolean isDone(CudaEvent mark);

    /** Waits until all that was queued before a mark is done. */
    void await(CudaEvent mark);

    /** Time between two marks as the device saw it; waits for the second. */
    float milliseconds(CudaEvent from, CudaEvent to);

    /** The stream as CUDA's C interface names it, for libraries that are to run in the same queue; 0 where there is none. */
    default long streamHandle() {
        return 0;
    }

    @Override
    void close();
}
