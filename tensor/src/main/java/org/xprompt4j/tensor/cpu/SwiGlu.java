package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.Tensor;

/** The gate of the feed-forward block (Shazeer, 2020): out = silu(gate) ⊙ up = gate ⊙ s ⊙ up, s = 1 / (1 + exp(-gate)). */
final class SwiGlu {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int GATE = 0;
    private static final int EXP = 1;

    /** What is left to do where a block ends within a vector. */
    private interface Element {
        void at(long offset, float gate, float exp);
    }

    private SwiGlu() {
    }

    /** All [rows, dim]. */
    static void forward(Tensor gate, Tensor up, Tensor out) {
        long n = gate.numel();
        MemorySegment gates = gate.segment();
        MemorySegment ups = up.segment();
        MemorySegment to = out.segment();
        WorkerPool.shared().parallelFor(Chunks.count(n), task -> {
            float[] g = Scratch.get().floats(GATE, Chunks.BLOCK);
            float[] e = Scratch.get().floats(EXP, Chunks.BLOCK);
            long end = Chunks.to(task, n);
            for (long at = Chunks.from(task); at < end; at += Chunks.BLOCK) {
                int count = (int) Math.min(Chunks.BLOCK, end - at);
                load(gates, 4 * at, count, g, e);
                product(g, e, ups, to, 4 * at, Lanes.floor(count));
                rest(g, e, count, 4 * at, (offset, x, exp) ->
                        to.set(ValueLayout.JAVA_FLOAT, offset, x / (exp + 1) * ups.get(ValueLayout.JAVA_FLOAT, offset)));
            }
        });
    }

    /** dGate += dOut ⊙ up ⊙ silu'(gate), dUp += dOut ⊙ silu(gate); each may be null. */
    static void backward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
        long n = gate.numel();
        MemorySegment gates = gate.segment();
        MemorySegment ups = up.segment();
        MemorySegment ds = dOut.segment();
        MemorySegment gateTo = dGate == null ? null : dGate.segment();
        MemorySegment upTo = dUp == null ? null : dUp.segment();
        WorkerPool.shared().parallelFor(Chunks.count(n), task -> {
            float[] g = Scratch.get().floats(GATE, Chunks.BLOCK);
            float[] e = Scratch.get().floats(EXP, Chunks.BLOCK);
            long end = Chunks.to(task, n);
            for (long at = Chunks.from(task); at < end; at += Chunks.BLOCK) {
                int count = (int) Math.min(Chunks.BLOCK, end - at);
                load(gates, 4 * at, count, g, e);
                if (gateTo != null) {
                    gateGradient(g, e, ups, ds, gateTo, 4 * at, Lanes.floor(count));
                    rest(g, e, count, 4 * at, (offset, x, exp) -> {
                        float s = 1 / (exp + 1);
                        float gradient = ds.get(ValueLayout.JAVA_FLOAT, offset) * ups.get(ValueLayout.JAVA_FLOAT, offset) * (s * Math.fma(x, 1 - s, 1f));
                        gateTo.set(ValueLayout.JAVA_FLOAT, offset, gateTo.get(ValueLayout.JAVA_FLOAT, offset) + gradient);
                    });
                }
                if (upTo != null) {
                    upGradient(g, e, ds, upTo, 4 * at, Lanes.floor(count));
                    rest(g, e, count, 4 * at, (offset, x, exp) -> upTo.set(ValueLayout.JAVA_FLOAT, offset,
                            Math.fma(ds.get(ValueLayout.JAVA_FLOAT, offset), x / (exp + 1), upTo.get(ValueLayout.JAVA_FLOAT, offset))));
                }
            }
        });
    }

    /** A block of gates and exp(-gate), padded. */
    private static void load(MemorySegment gates, long offset, int count, float[] g, float[] e) {
        Rows.load(gates, offset, count, g, 0);
        VectorMath.exp(-1, g, 0, e, 0, Rows.padded(count));
    }

    private static void rest(float[] g, float[] e, int count, long offset, Element element) {
        for (int i = Lanes.floor(count); i < count; i++) {
            element.at(offset + 4L * i, g[i], e[i]);
        }
    }

    private static void product(float[] g, float[] e, MemorySegment up, MemorySegment out, long offset, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector silu = FloatVector.fromArray(F, g, i).div(FloatVector.fromArray(F, e, i).add(1f));
            silu.mul(FloatVector.fromMemorySegment(F, up, offset + 4L * i, ORDER)).intoMemorySegment(out, offset + 4L * i, ORDER);
        }
    }

    private static void gateGradient(float[] g, float[] e, MemorySegment up, MemorySegment dOut, MemorySegment to, long offset, int n) {
        FloatVector one = FloatVector.broadcast(F, 1f);
        for (int i = 0; i < n; i += L) {
            FloatVector s = one.div(FloatVector.fromArray(F, e, i).add(1f));
            FloatVector derivative = s.mul(FloatVector.fromArray(F, g, i).fma(one.sub(s), one));
            FloatVector gradient = FloatVector.fromMemorySegment(F, dOut, offset + 4L * i, ORDER)
                    .mul(FloatVector.fromMemorySegment(F, up, offset + 4L * i, ORDER)).mul(derivative);
            FloatVector.fromMemorySegment(F, to, offset + 4L * i, ORDER).add(gradient).intoMemorySegment(to, offset + 4L * i, ORDER);
        }
    }

    private static void upGradient(float[] g, float[] e, MemorySegment dOut, MemorySegment to, long offset, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector silu = FloatVector.fromArray(F, g, i).div(FloatVector.fromArray(F, e, i).add(1f));
            FloatVector.fromMemorySegment(F, dOut, offset + 4L * i, ORDER).fma(silu, FloatVector.fromMemorySegment(F, to, offset + 4L * i, ORDER))
                    .intoMemorySegment(to, offset + 4L * i, ORDER);
        }
    }
}
