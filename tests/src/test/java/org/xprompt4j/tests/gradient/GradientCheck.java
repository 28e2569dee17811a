package org.xprompt4j.tests.gradient;

import java.util.Arrays;
import java.util.function.Function;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tests.Closeness;
import org.xprompt4j.tests.reference.Differences;

/**
 * Runs a program on a tape in float32 and compares its value with a float64 reference and the gradient of every input with
 * central differences of that reference. The loss is {@code Σ weights ⊙ out} with random weights; every gradient starts from
 * random contents, to which it must be added.
 */
final class GradientCheck {
    private static final double RELATIVE = 2e-5; // of the largest gradient: float32 through a few operations

    private final Backend backend;
    private final long seed = Long.getLong("xprompt4j.test.seed", 20_250_611L);
    private final Philox random = new Philox(seed, 1);

    GradientCheck(Backend backend) {
        this.backend = backend;
    }

    /** The program under test. */
    interface Program {
        Tensor run(Ops ops, Tensor[] inputs);
    }

    float[] normal(int count) {
        return random.gaussians(count);
    }

    /** Inputs of standard normal numbers. */
    void check(String name, long[][] shapes, Program program, Function<double[][], double[]> reference) {
        float[][] values = new float[shapes.length][];
        for (int i = 0; i < shapes.length; i++) {
            values[i] = normal((int) Shape.of(shapes[i]).numel());
        }
        check(name, shapes, values, program, reference);
    }

    /** Inputs of these values; the reference maps inputs to the program's output, row-major. */
    void check(String name, long[][] shapes, float[][] values, Program program, Function<double[][], double[]> reference) {
        String what = name + " on " + backend.device() + " (seed " + seed + ")";
        try (MemoryScope scope = backend.openScope("gradient check")) {
            Tape tape = new Tape(backend, scope);
            Ops ops = new Ops(backend, scope, tape);
            Tensor[] inputs = new Tensor[shapes.length];
            Tensor[] gradients = new Tensor[shapes.length];
            double[][] wide = new double[shapes.length][];
            double[][] before = new double[shapes.length][];
            for (int i = 0; i < shapes.length; i++) {
                inputs[i] = scope.of(values[i], shapes[i]);
                gradients[i] = scope.of(normal(values[i].length), shapes[i]);
                wide[i] = widen(values[i]);
                before[i] = widen(gradients[i].toFloatArray());
                tape.watch(inputs[i], gradients[i]);
            }
            Tensor out = program.run(ops, inputs);
            Closeness.of(what + ", value", reference.apply(wide), out.toFloatArray()).scaledByLargest().within(RELATIVE, 1e-6);
            float[] weights = normal((int) out.numel());
            tape.backward(ops.sum(ops.multiply(out, scope.of(weights, out.shape().toArray()))));
            for (int i = 0; i < shapes.length; i++) {
                int input = i;
                double[] expected = Differences.gradient(x -> {
                    double[][] moved = wide.clone();
                    moved[input] = x;
                    return reference.apply(moved);
                }, wide[i], widen(weights));
                for (int j = 0; j < expected.length; j++) {
                    expected[j] += before[i][j];
                }
                Closeness.of(what + ", gradient of input " + i, expected, gradients[i].toFloatArray()).scaledByLargest().within(RELATIVE, 1e-6);
            }
        }
    }

    private static double[] widen(float[] values) {
        double[] out = new double[values.length];
        Arrays.setAll(out, i -> values[i]);
        return out;
    }
}
