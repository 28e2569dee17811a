package org.xprompt4j.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.UnaryOp;

/** Elementwise functions of one tensor of any strides; each function is one loop over a heap block. */
final class Unary {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final float LEAK = 0.2f;

    private Unary() {
    }

    /** out = op(x), shapes equal; x and out may be the same tensor. */
    static void forward(UnaryOp op, Tensor x, Tensor out) {
        Strided walk = new Strided(out.shape(), x, out);
        long n = walk.numel();
        WorkerPool.shared().parallelFor(Chunks.count(n), task -> {
            float[] block = Scratch.get().floats(0, Chunks.BLOCK);
            long end = Chunks.to(task, n);
            for (long at = Chunks.from(task); at < end; at += Chunks.BLOCK) {
                int count = (int) Math.min(Chunks.BLOCK, end - at);
                walk.gather(0, at, count, block);
                apply(op, block, Rows.padded(count));
                walk.scatter(1, at, count, block);
            }
        });
    }

    private static void apply(UnaryOp op, float[] x, int n) {
        switch (op) {
            case NEGATE -> negate(x, n);
            case ABS -> abs(x, n);
            case SQUARE -> square(x, n);
            case SQRT -> sqrt(x, n);
            case RECIPROCAL -> reciprocal(x, n);
            case EXP -> VectorMath.exp(x, 0, x, 0, n);
            case LOG -> log(x, n);
            case SIGMOID -> VectorMath.sigmoid(x, 0, n);
            case TANH -> VectorMath.tanh(x, 0, n);
            case SILU -> VectorMath.silu(x, 0, n);
            case RELU -> relu(x, n);
            case LEAKY_RELU -> leakyRelu(x, n);
            case GELU -> NormalMath.gelu(x, n);
        }
    }

    private static void negate(float[] x, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, x, i).neg().intoArray(x, i);
        }
    }

    private static void abs(float[] x, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, x, i).abs().intoArray(x, i);
        }
    }

    private static void square(float[] x, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, i);
            v.mul(v).intoArray(x, i);
        }
    }

    private static void sqrt(float[] x, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, x, i).sqrt().intoArray(x, i);
        }
    }

    private static void reciprocal(float[] x, int n) {
        FloatVector one = FloatVector.broadcast(F, 1f);
        for (int i = 0; i < n; i += L) {
            one.div(FloatVector.fromArray(F, x, i)).intoArray(x, i);
        }
    }

    private static void log(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = (float) Math.log(x[i]);
        }
    }

    private static void relu(float[] x, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, x, i).max(0f).intoArray(x, i);
        }
    }

    private static void leakyRelu(float[] x, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, i);
            v.mul(LEAK).blend(v, v.compare(VectorOperators.GT, 0f)).intoArray(x, i);
        }
    }
}
