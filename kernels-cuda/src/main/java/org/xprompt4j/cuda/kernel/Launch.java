package org.xprompt4j.cuda.kernel;

import java.util.ArrayList;
import java.util.List;

import org.xprompt4j.cuda.driver.CudaException;
import org.xprompt4j.cuda.driver.KernelArguments;
import org.xprompt4j.cuda.driver.KernelFunction;
import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.cuda.memory.DeviceStorage;
import org.xprompt4j.tensor.Tensor;

/**
 * One launch being put together: arguments in the kernel's order, then {@link #run}. Says which tensors are written, so that the
 * host forgets what it knew of them.
 */
public final class Launch {
    private final Kernels kernels;
    private final KernelFunction function;
    private final KernelArguments arguments;
    private final List<Tensor> tensors = new ArrayList<>(); // for messages

    Launch(Kernels kernels, KernelFunction function, KernelArguments arguments) {
        this.kernels = kernels;
        this.function = function;
        this.arguments = arguments;
    }

    /** A tensor that is only read; null becomes a null pointer. */
    public Launch in(Tensor tensor) {
        arguments.pointer(tensor == null ? 0 : address(tensor));
        tensors.add(tensor);
        return this;
    }

    /** A tensor that is written, or read and written; null becomes a null pointer. */
    public Launch out(Tensor tensor) {
        if (tensor != null) {
            Addresses.markWritten(tensor);
        }
        return in(tensor);
    }

    public Launch i32(long value) {
        arguments.i32(Math.toIntExact(value));
        return this;
    }

    public Launch i64(long value) {
        arguments.i64(value);
        return this;
    }

    public Launch f64(double value) {
        arguments.i64(Double.doubleToRawLongBits(value));
        return this;
    }

    public Launch f32(float value) {
        arguments.f32(value);
        return this;
    }

    /** A {@code Walk} of common.cuh over the tensors. */
    public Launch walk(Walk walk) {
        arguments.structure(walk.words());
        return this;
    }

    /** Two arguments, {@code int* fault, int site}: where a kernel reports a value that should not be there. */
    public Launch fault(String message) {
        arguments.pointer(kernels.faults().address());
        arguments.i32(kernels.faults().site(message));
        return this;
    }

    /** Queues the kernel. */
    public void run(LaunchShape shape) {
        kernels.allowShared(function, shape.sharedBytes());
        try {
            kernels.driver().launch(function, shape, arguments);
        } catch (CudaException e) {
            throw new CudaException("kernel " + function + " over " + tensors.stream().map(t -> t == null ? "none" : t.dtype() + "" + t.shape()).toList()
                    + " with " + shape + ": " + e.getMessage(), e.isOutOfMemory(), e);
        }
    }

    private static long address(Tensor tensor) {
        return ((DeviceStorage) tensor.storage()).address(tensor.offset() * tensor.dtype().bytes());
    }
}
