package org.xprompt4j.tensor.cpu;

import java.util.Arrays;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.UnaryOp;

/** dX += slope ⊙ dOut, where the slope is a function of the input or, where that is cheaper, of the output. */
final class UnaryBackward {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final float LEAK = 0.2f;

    private UnaryBackward() {
    }

    /** All of equal shape, any strides. */
    static void backward(UnaryOp op, Tensor x, Tensor out, Tensor dOut, Tensor dX) {
        boolean ofOutput = switch (op) {
            case SQRT, RECIPROCAL, EXP, SIGMOID, TANH -> true;
            case NEGATE, ABS, SQUARE, LOG, SILU, RELU, LEAKY_RELU, GELU -> false;
        };
        Strided walk = new Strided(dX.shape(), ofOutput ? out : x, dOut, dX);
        long n = walk.numel();
        WorkerPool.shared().parallelFor(Chunks.count(n), task -> {
            Scratch scratch = Scratch.get();
            float[] value = scratch.floats(0, Chunks.BLOCK);
            float[] d = scratch.floats(1, Chunks.BLOCK);
            float[] sum = scratch.floats(2, Chunks.BLOCK);
            long end = Chunks.to(task, n);
            for (long at = Chunks.from(task); at < end; at += Chunks.BLOCK) {
                int count = (int) Math.min(Chunks.BLOCK, end - at);
                walk.gather(0, at, count, value);
                walk.gather(1, at, count, d);
                walk.gather(2, at, count, sum);
                slope(op, value, Rows.padded(count));
                addProduct(value, d, sum, Rows.padded(count));
                walk.scatter(2, at, count, sum);
            }
        });
    }

    private static void addProduct(float[] slope, float[] d, float[] sum, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, slope, i).fma(FloatVector.fromArray(F, d, i), FloatVector.fromArray(F, sum, i)).intoArray(sum, i);
        }
    }

    /** Replaces x (or the output) by the slope there. */
    private static void slope(UnaryOp op, float[] x, int n) {
        switch (op) {
            case NEGATE -> Arrays.fill(x, 0, n, -1f);
            case ABS -> sign(x, n);
            case SQUARE -> twice(x, n);
            case SQRT -> ratio(0.5f, x, n);
            case RECIPROCAL -> minusSquare(0f, x, n);
            case EXP -> { }
            case LOG -> ratio(1f, x, n);
            case SIGMOID -> sigmoid(x, n);
            case TANH -> minusSquare(1f, x, n);
            case SILU -> VectorMath.siluDerivative(x, 0, n);
            case RELU -> step(0f, x, n);
            case LEAKY_RELU -> step(LEAK, x, n);
            case GELU -> NormalMath.geluDerivative(x, n);
        }
    }

    private static void sign(float[] x, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, i);
            FloatVector positive = FloatVector.zero(F).blend(1f, v.compare(VectorOperators.GT, 0f));
            positive.blend(-1f, v.compare(VectorOperators.LT, 0f)).intoArray(x, i);
        }
    }

    private static void twice(float[] x, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, x, i).mul(2f).intoArray(x, i);
        }
    }

    private static void ratio(float numerator, float[] x, int n) {
        FloatVector top = FloatVector.broadcast(F, numerator);
        for (int i = 0; i < n; i += L) {
            top.div(FloatVector.fromArray(F, x, i)).intoArray(x, i);
        }
    }

    /** from - x². */
    private static void minusSquare(float from, float[] x, int n) {
        FloatVector start = FloatVector.broadcast(F, from);
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, i);
            v.neg().fma(v, start).intoArray(x, i);
        }
    }

    private static void sigmoid(float[] x, int n) {
        FloatVector one = FloatVector.broadcast(F, 1f);
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, i);
            v.mul(one.sub(v)).intoArray(x, i);
        }
    }

    /** 1 above zero, else a constant. */
    private static void step(float below, float[] x, int n) {
        FloatVector low = FloatVector.broadcast(F, below);
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> positive = FloatVector.fromArray(F, x, i).compare(VectorOperators.GT, 0f);
            low.blend(1f, positive).intoArray(x, i);
        }
    }
}
