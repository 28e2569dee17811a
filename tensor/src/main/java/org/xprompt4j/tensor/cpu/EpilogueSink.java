package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.Epilogue;

/**
 * Writes blocks of a product to its F32 tensor, applying {@code residual + multiplier · activation(product + bias)} while a row
 * is in the first cache. The bias enters before the activation, an accumulating product is a product whose residual is its output.
 */
final class EpilogueSink implements TileSink {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;

    private final MemorySegment out; // [m, n]
    private final long n;
    private final float[] bias; // [n] padded to vectors, or null
    private final boolean silu;
    private final MemorySegment multiplier; // [m, n], or null
    private final MemorySegment residual; // [m, n], or null

    EpilogueSink(Tensor out, long n, float[] bias, Activation activation, Tensor multiplier, Tensor residual) {
        this.out = out.segment();
        this.n = n;
        this.bias = bias;
        this.silu = activation == Activation.SILU;
        this.multiplier = multiplier == null ? null : multiplier.segment();
        this.residual = residual == null ? null : residual.segment();
    }

    /** The sink of a matmul into out [m, n]. */
    static EpilogueSink of(boolean accumulate, Epilogue epilogue, Tensor out, float[] bias) {
        return new EpilogueSink(out, out.dim(1), bias, epilogue.activation(), epilogue.multiplier(), accumulate ? out : epilogue.residual());
    }

    /** The sink that adds a product to a gradient [m, n]. */
    static EpilogueSink adding(Tensor gradient) {
        return new EpilogueSink(gradient, gradient.dim(1), null, Activation.NONE, null, gradient);
    }

    /** A bias of any floating type as heap floats in a scratch slot, padded to whole vectors; null for null. */
    static float[] heapBias(Tensor bias, int slot) {
        if (bias == null) {
            return null;
        }
        int count = bias.size(0);
        float[] heap = Scratch.get().floats(slot, count + 2 * L);
        FloatRuns.copy(bias.segment(), bias.dtype(), 0, count, heap, 0);
        return heap;
    }

    @Override
    public void store(float[] tile, int stride, int row, int rows, int column, int columns) {
        for (int i = 0; i < rows; i++) {
            storeRow(tile, i * stride, ((long) (row + i) * n + column) * 4, column, columns);
        }
    }

    /** One row: column is that of its first element, offset its place in out, multiplier and residual in bytes. */
    private void storeRow(float[] tile, int at, long offset, int column, int columns) {
        if (bias != null) {
            addBias(tile, at, bias, column, columns);
        }
        if (silu) {
            VectorMath.silu(tile, at, Rows.padded(columns)); // the padding too: no element depends on where its row ends
        }
        if (multiplier != null) {
            multiply(tile, at, multiplier, offset, columns);
        }
        if (residual != null) {
            addInto(out, tile, at, residual, offset, columns);
        } else {
            MemorySegment.copy(tile, at, out, FloatRuns.FLOAT, offset, columns);
        }
    }

    private static void addBias(float[] tile, int at, float[] bias, int column, int columns) {
        for (int j = 0; j < columns; j += L) {
            FloatVector.fromArray(F, tile, at + j).add(FloatVector.fromArray(F, bias, column + j)).intoArray(tile, at + j);
        }
    }

    private static void multiply(float[] tile, int at, MemorySegment by, long offset, int columns) {
        int whole = Lanes.floor(columns);
        for (int j = 0; j < whole; j += L) {
            FloatVector.fromArray(F, tile, at + j).mul(FloatVector.fromMemorySegment(F, by, offset + 4L * j, FloatRuns.ORDER))
                    .intoArray(tile, at + j);
        }
        for (int j = whole; j < columns; j++) {
            tile[at + j] *= by.get(FloatRuns.FLOAT, offset + 4L * j);
        }
    }

    private static void addInto(MemorySegment out, float[] tile, int at, MemorySegment from, long offset, int columns) {
        int whole = Lanes.floor(columns);
        for (int j = 0; j < whole; j += L) {
            FloatVector.fromArray(F, tile, at + j).add(FloatVector.fromMemorySegment(F, from, offset + 4L * j, FloatRuns.ORDER))
                    .intoMemorySegment(out, offset + 4L * j, FloatRuns.ORDER);
        }
        for (int j = whole; j < columns; j++) {
            out.set(FloatRuns.FLOAT, offset + 4L * j, tile[at + j] + from.get(FloatRuns.FLOAT, offset + 4L * j));
        }
    }
}
