package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.ElementAccess;
import org.xprompt4j.tensor.Tensor;

/** Copies between any strides and element types, and fills. */
final class Copy {
    private Copy() {
    }

    /** Equal shapes; floats round to nearest even, integers keep every bit that fits. */
    static void copy(Tensor from, Tensor to) {
        Strided walk = new Strided(to.shape(), from, to);
        long n = walk.numel();
        boolean sameType = from.dtype() == to.dtype();
        boolean integers = !from.dtype().isFloating() && !to.dtype().isFloating();
        WorkerPool.shared().parallelFor(Chunks.count(n), task -> {
            long end = Chunks.to(task, n);
            if (sameType || integers) {
                copyElements(walk, Chunks.from(task), end, sameType);
            } else {
                convert(walk, Chunks.from(task), end);
            }
        });
    }

    private static void convert(Strided walk, long from, long to) {
        float[] block = Scratch.get().floats(0, Chunks.BLOCK);
        for (long at = from; at < to; at += Chunks.BLOCK) {
            int count = (int) Math.min(Chunks.BLOCK, to - at);
            walk.gather(0, at, count, block);
            walk.scatter(1, at, count, block);
        }
    }

    /** Without a detour over floats: equal types as bytes, different integers as longs. */
    private static void copyElements(Strided walk, long from, long to, boolean sameType) {
        int last = walk.rank() - 1;
        long columns = walk.dim(last);
        long fromStride = walk.stride(0, last);
        long toStride = walk.stride(1, last);
        int bytes = walk.dtype(0).bytes();
        long column = from % columns;
        for (long at = from, row = from / columns; at < to; row++, column = 0) {
            long run = Math.min(columns - column, to - at);
            long source = walk.rowOffset(0, row) + column * fromStride;
            long target = walk.rowOffset(1, row) + column * toStride;
            if (sameType && fromStride == 1 && toStride == 1) {
                MemorySegment.copy(walk.segment(0), source * bytes, walk.segment(1), target * bytes, run * bytes);
            } else {
                for (long i = 0; i < run; i++) {
                    copyElement(walk, source + i * fromStride, target + i * toStride, sameType);
                }
            }
            at += run;
        }
    }

    private static void copyElement(Strided walk, long source, long target, boolean sameType) {
        DType dtype = walk.dtype(0);
        if (sameType && dtype.isFloating()) {
            // 16-bit floats go exactly through float32.
            ElementAccess.setFloat(walk.segment(1), dtype, target, ElementAccess.getFloat(walk.segment(0), dtype, source));
        } else {
            ElementAccess.setLong(walk.segment(1), walk.dtype(1), target, ElementAccess.getLong(walk.segment(0), dtype, source));
        }
    }

    /** Sets every element of a tensor of any strides. */
    static void fill(Tensor x, float value) {
        Strided walk = new Strided(x.shape(), x);
        long n = walk.numel();
        boolean zeroBytes = x.isContiguous() && Float.floatToRawIntBits(value) == 0;
        MemorySegment bytes = zeroBytes ? x.segment() : null;
        int size = x.dtype().bytes();
        WorkerPool.shared().parallelFor(Chunks.count(n), task -> {
            long from = Chunks.from(task);
            long end = Chunks.to(task, n);
            if (zeroBytes) {
                bytes.asSlice(from * size, (end - from) * size).fill((byte) 0);
                return;
            }
            float[] block = Scratch.get().floats(0, Chunks.BLOCK);
            Arrays.fill(block, 0, Chunks.BLOCK, value);
            for (long at = from; at < end; at += Chunks.BLOCK) {
                walk.scatter(0, at, (int) Math.min(Chunks.BLOCK, end - at), block);
            }
        });
    }
}
