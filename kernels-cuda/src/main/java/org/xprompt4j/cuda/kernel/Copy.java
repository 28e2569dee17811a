package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.CudaException;
import org.xprompt4j.cuda.memory.DeviceStorage;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;

/** Copies, conversions and fills: {@code copy.cu}; equal contiguous tensors go through the driver's copy engine. */
public final class Copy {
    private static final String MODULE = "copy";

    private Copy() {
    }

    /** The number of a type in copy.cu. */
    private static int code(DType type) {
        return switch (type) {
            case F32 -> 0;
            case BF16 -> 1;
            case F16 -> 2;
            case I32 -> 3;
            case I64 -> 4;
            case U8 -> 5;
            case I8 -> 6;
        };
    }

    /** What the flat entries take. */
    private static boolean isFloat(Tensor x) {
        return x.dtype() == DType.F32 || x.dtype() == DType.BF16;
    }

    public static void copy(Kernels kernels, Tensor from, Tensor to) {
        long n = to.numel();
        if (n == 0) {
            return;
        }
        if (from.dtype() == to.dtype() && from.isContiguous() && to.isContiguous()) {
            int size = from.dtype().bytes();
            Addresses.markWritten(to);
            naming("copy", to, () -> kernels.driver().copyOnDevice(((DeviceStorage) to.storage()).address(to.offset() * size),
                    ((DeviceStorage) from.storage()).address(from.offset() * size), to.byteSize()));
            return;
        }
        if (isFloat(from) && isFloat(to) && Elementwise.flat(from, to)) {
            kernels.launch(MODULE, "copy_flat").in(from).i32(code(from.dtype())).out(to).i32(code(to.dtype())).i64(n).run(Elementwise.fours(n));
            return;
        }
        kernels.launch(MODULE, "copy_strided").in(from).i32(code(from.dtype())).out(to).i32(code(to.dtype()))
                .walk(Walk.over(to.shape(), from, to)).i64(n).run(Elementwise.shape(n));
    }

    /** What the driver does without a kernel; its errors name operation and tensor as those of launches do. */
    private static void naming(String operation, Tensor out, Runnable call) {
        try {
            call.run();
        } catch (CudaException e) {
            throw new CudaException(operation + " of " + out.dtype() + out.shape() + ": " + e.getMessage(), e.isOutOfMemory(), e);
        }
    }

    public static void fill(Kernels kernels, Tensor x, float value) {
        long n = x.numel();
        if (n == 0) {
            return;
        }
        if (Float.floatToRawIntBits(value) == 0 && x.isContiguous()) {
            Addresses.markWritten(x);
            naming("fill", x, () -> kernels.driver().fill(((DeviceStorage) x.storage()).address(x.offset() * x.dtype().bytes()), (byte) 0, x.byteSize()));
            return;
        }
        if (isFloat(x) && x.isContiguous()) {
            kernels.launch(MODULE, "fill_flat").out(x).i32(code(x.dtype())).f32(value).i64(n).run(Elementwise.fours(n));
            return;
        }
        kernels.launch(MODULE, "fill_strided").out(x).i32(code(x.dtype())).f32(value).walk(Walk.over(x.shape(), x)).i64(n).run(Elementwise.shape(n));
    }
}
