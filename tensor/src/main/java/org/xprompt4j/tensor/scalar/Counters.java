package org.xprompt4j.tensor.scalar;

import java.lang.foreign.ValueLayout;

import org.xprompt4j.tensor.Tensor;

/** Elements of I32 tensors, read and written one by one. */
final class Counters {
    private Counters() {
    }

    static int get(Tensor counters, long index) {
        return counters.storage().segment().getAtIndex(ValueLayout.JAVA_INT, counters.offset() + index);
    }

    static void set(Tensor counters, long index, int value) {
        counters.storage().segment().setAtIndex(ValueLayout.JAVA_INT, counters.offset() + index, value);
    }
}
