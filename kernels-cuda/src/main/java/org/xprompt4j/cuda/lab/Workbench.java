package org.xprompt4j.cuda.lab;

import java.util.Arrays;
import java.util.Map;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;

/** Where an operation is set up and run: sizes by name, tensors of random numbers, and the part that counts. */
final class Workbench {
    private static final long MOST_ELEMENTS = 1L << 28;
    private static final long SEED = 1;

    /** Runs something and keeps the launches that it makes. */
    interface Recorder {
        void record(Runnable work);
    }

    final Backend backend;
    private final MemoryScope scope;
    private final Map<String, Long> sizes;
    private final DType weights;
    private final Recorder recorder;
    private int streams;

    Workbench(Backend backend, MemoryScope scope, Map<String, Long> sizes, DType weights, Recorder recorder) {
        this.backend = backend;
        this.scope = scope;
        this.sizes = sizes;
        this.weights = weights;
        this.recorder = recorder;
    }

    /** Size of an axis. */
    int size(String axis) {
        return Math.toIntExact(sizes.get(axis));
    }

    /** Refuses sizes that do not fit each other. */
    void require(boolean fits, String rule) {
        if (!fits) {
            throw new InvalidInput("--shape: " + rule + "; is " + sizes);
        }
    }

    private Tensor allocate(DType dtype, long... dims) {
        long elements = Arrays.stream(dims).reduce(1, Math::multiplyExact);
        require(elements <= MOST_ELEMENTS, "a tensor of " + elements + " elements is more than the " + MOST_ELEMENTS + " that are emulated; choose smaller sizes");
        return scope.allocate(dtype, dims);
    }

    /** Memory that nobody has written. */
    Tensor empty(long... dims) {
        return allocate(DType.F32, dims);
    }

    Tensor emptyIds(long... dims) {
        return allocate(DType.I32, dims);
    }

    Tensor emptyLongs(long... dims) {
        return allocate(DType.I64, dims);
    }

    Tensor zeros(long... dims) {
        Tensor zeros = empty(dims);
        backend.fill(zeros, 0);
        return zeros;
    }

    /** Normal numbers, F32. */
    Tensor normal(long... dims) {
        Tensor tensor = empty(dims);
        return tensor.set(new Philox(SEED, streams++).gaussians(Math.toIntExact(tensor.numel())));
    }

    /** Normal numbers of the type chosen for weights. */
    Tensor weight(long... dims) {
        return converted(normal(dims), weights);
    }

    /** The same numbers in another type. */
    Tensor converted(Tensor from, DType dtype) {
        if (from.dtype() == dtype) {
            return from;
        }
        Tensor to = allocate(dtype, from.shape().toArray());
        backend.copy(from, to);
        return to;
    }

    /** Whole numbers from 0 to below a bound. */
    Tensor ids(int below, long... dims) {
        Tensor tensor = emptyIds(dims);
        int[] values = new int[Math.toIntExact(tensor.numel())];
        Philox philox = new Philox(SEED, streams++);
        for (int i = 0; i < values.length; i++) {
            values[i] = philox.nextInt(below);
        }
        return tensor.set(values);
    }

    /** 0, 1, 2 ... */
    Tensor count(long... dims) {
        Tensor tensor = emptyIds(dims);
        int[] values = new int[Math.toIntExact(tensor.numel())];
        Arrays.setAll(values, i -> i);
        return tensor.set(values);
    }

    /** Runs the part that counts. */
    void measure(Runnable work) {
        recorder.record(work);
    }
}
