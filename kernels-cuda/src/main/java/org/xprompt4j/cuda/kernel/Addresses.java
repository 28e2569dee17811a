package org.xprompt4j.cuda.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import org.xprompt4j.cuda.memory.DeviceStorage;
import org.xprompt4j.tensor.Tensor;

/** Where a tensor's elements lie on the device, and what the host knows of them. */
final class Addresses {
    private Addresses() {
    }

    /** The host forgets what it knew of these elements; strided tensors lose all between their first and last element. */
    static void markWritten(Tensor tensor) {
        long last = 0;
        for (int axis = 0; axis < tensor.rank(); axis++) {
            last += (tensor.dim(axis) - 1) * tensor.stride(axis);
        }
        int size = tensor.dtype().bytes();
        ((DeviceStorage) tensor.storage()).written(tensor.offset() * size, (last + 1) * size);
    }

    /** The values of a contiguous I32 tensor as the host wrote them, or null when the device wrote some of them. */
    static int[] known(Tensor tensor) {
        MemorySegment bytes = ((DeviceStorage) tensor.storage()).known(tensor.offset() * Integer.BYTES, tensor.byteSize());
        return bytes == null ? null : bytes.toArray(ValueLayout.JAVA_INT_UNALIGNED);
    }
}
