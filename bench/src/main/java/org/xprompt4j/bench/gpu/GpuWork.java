package org.xprompt4j.bench.gpu;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;

import org.xprompt4j.tensor.DType;

/**
 * One thing to measure.
 *
 * @param op operation and pass, such as {@code rms-norm.backward}
 * @param shape sizes for people
 * @param precision in which the device multiplies
 * @param flops operations that must be done, a multiply-add counting two; hidden pairs of attention do not count
 * @param bytes that must pass between device memory and processors: every operand read once, every result written once; activations
 *        are floats
 * @param torch the same work in {@code bench/torch/gpu_anchors.py}; null when there is none
 * @param setup makes operands
 */
public record GpuWork(String op, String shape, Precision precision, double flops, double bytes, Torch torch, Setup setup) {
    /**
     * The same work in PyTorch.
     *
     * @param work its name there
     * @param sizes its arguments
     */
    public record Torch(String work, Map<String, Object> sizes) {
    }

    /** Makes operands in a place. */
    @FunctionalInterface
    public interface Setup {
        /** All that a run needs; nothing may be allocated later but what a step itself needs. */
        Ready prepare(Place place);
    }

    /**
     * A work with its operands.
     *
     * @param sets of operands, used in turn
     * @param run queues the work once with one set
     * @param check compares a result of set 0 with a reference and throws {@link WrongResult}; leaves the operands fit to run with
     * @param vendor queues the vendor's version in the same queue; null when there is none
     * @param activations type of the activations, where the work chooses one that the device computes on; else null
     * @param bytes as {@link GpuWork#bytes}, with activations of that type
     */
    public record Ready(int sets, IntConsumer run, Runnable check, IntConsumer vendor, DType activations, double bytes) {
        /** Without a vendor's version, on floats. */
        public Ready(int sets, IntConsumer run, Runnable check) {
            this(sets, run, check, null, null, 0);
        }

        /** On activations of a type. */
        public Ready(int sets, IntConsumer run, Runnable check, DType activations, double bytes) {
            this(sets, run, check, null, activations, bytes);
        }
    }

    /** Without a version in PyTorch. */
    public GpuWork(String op, String shape, Precision precision, double flops, double bytes, Setup setup) {
        this(op, shape, precision, flops, bytes, null, setup);
    }

    /** With the bytes of what was made ready. */
    GpuWork as(Ready ready) {
        return ready.activations == null ? this : new GpuWork(op, shape, precision, flops, ready.bytes, torch, setup);
    }

    /** Compared with a work of PyTorch's. */
    public GpuWork against(String work, Map<String, Object> sizes) {
        return new GpuWork(op, shape, precision, flops, bytes, new Torch(work, sizes), setup);
    }

    /** The operation without its pass: {@code rms-norm}. */
    public String operation() {
        int dot = op.indexOf('.');
        return dot < 0 ? op : op.substring(0, dot);
    }

    /** The head of a line of a log, which more is put behind: the device and which work this is. */
    Map<String, Object> named(String device) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("device", device);
        line.put("op", op);
        line.put("shape", shape);
        line.put("precision", precision.word());
        return line;
    }
}
