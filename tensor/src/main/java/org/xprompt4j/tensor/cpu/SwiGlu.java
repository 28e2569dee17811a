package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.Tensor;

/** The gate of the feed-forward block (Shazeer, 2020): out = silu(gate) ⊙ up. */
final class SwiGlu {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final int GATE = 0;
    private static final int UP = 1;
    private static final int D_OUT = 2;
    private static final int SIGMOID = 3;

    private SwiGlu() {
    }

    /** All [rows, dim]. */
    static void forward(Tensor gate, Tensor up, Tensor out) {
        long n = gate.numel();
        MemorySegment gates = gate.segment();
        MemorySegment ups = up.segment();
        MemorySegment to = out.segment();
        WorkerPool.shared().parallelFor(Chunks.count(n), task -> {
            Scratch scratch = Scratch.get();
            float[] g = scratch.floats(GATE, Chunks.BLOCK);
            float[] u = scratch.floats(UP, Chunks.BLOCK);
            long end = Chunks.to(task, n);
            for (long at = Chunks.from(task); at < end; at += Chunks.BLOCK) {
                int count = (int) Math.min(Chunks.BLOCK, end - at);
                Rows.load(gates, 4 * at, count, g, 0);
                Rows.load(ups, 4 * at, count, u, 0);
                VectorMath.silu(g, 0, Rows.padded(count));
                Rows.multiply(g, 0, u, 0, g, 0, Rows.padded(count));
                Rows.store(g, 0, count, to, 4 * at);
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
            Scratch scratch = Scratch.get();
            float[] g = scratch.floats(GATE, Chunks.BLOCK);
            float[] u = scratch.floats(UP, Chunks.BLOCK);
            float[] d = scratch.floats(D_OUT, Chunks.BLOCK);
            long end = Chunks.to(task, n);
            for (long at = Chunks.from(task); at < end; at += Chunks.BLOCK) {
                int count = (int) Math.min(Chunks.BLOCK, end - at);
                Rows.load(gates, 4 * at, count, g, 0);
                Rows.load(ups, 4 * at, count, u, 0);
                Rows.load(ds, 4 * at, count, d, 0);
                float[] sigmoid = scratch.floats(SIGMOID, Chunks.BLOCK);
                System.arraycopy(g, 0, sigmoid, 0, Rows.padded(count));
                VectorMath.sigmoid(sigmoid, 0, Rows.padded(count));
                gradients(g, u, d, sigmoid, Rows.padded(count));
                if (gateTo != null) {
                    Rows.add(g, 0, count, gateTo, 4 * at);
                }
                if (upTo != null) {
                    Rows.add(u, 0, count, upTo, 4 * at);
                }
            }
        });
    }

    /** The gradient of the gate into g, that of up into u. */
    private static void gradients(float[] g, float[] u, float[] d, float[] s, int n) {
        FloatVector one = FloatVector.broadcast(F, 1f);
        for (int i = 0; i < n; i += L) {
            FloatVector gate = FloatVector.fromArray(F, g, i);
            FloatVector dOut = FloatVector.fromArray(F, d, i);
            FloatVector sigmoid = FloatVector.fromArray(F, s, i);
            FloatVector derivative = sigmoid.mul(gate.fma(one.sub(sigmoid), one));
            dOut.mul(FloatVector.fromArray(F, u, i)).mul(derivative).intoArray(g, i);
            dOut.mul(gate.mul(sigmoid)).intoArray(u, i);
        }
    }
}
