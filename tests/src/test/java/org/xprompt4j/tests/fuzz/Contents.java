package org.xprompt4j.tests.fuzz;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.xprompt4j.tensor.Tensor;

/** Tensors compared by their bytes. */
final class Contents {
    private Contents() {
    }

    /** The bytes of a contiguous tensor; reading them touches every page. */
    static byte[] of(Tensor tensor) {
        byte[] bytes = new byte[Math.toIntExact(tensor.byteSize())];
        tensor.storage().read(tensor.offset() * tensor.dtype().bytes(), MemorySegment.ofArray(bytes));
        return bytes;
    }

    static void requireEqual(String name, Tensor a, Tensor b) {
        if (a.dtype() != b.dtype() || !a.shape().equals(b.shape()) || !Arrays.equals(of(a), of(b))) {
            throw new AssertionError(name + " was " + a + " and is read again as " + b + ", or its bytes differ");
        }
    }
}
