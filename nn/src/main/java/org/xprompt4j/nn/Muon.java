package org.xprompt4j.nn;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.StepProgram;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/**
 * Muon (Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024): momentum whose update is made
 * orthogonal, so that every direction of a matrix moves at the same speed. For the matrices inside the layers; embeddings,
 * heads and vectors belong to {@link AdamW}.
 *
 * <pre>
 * b ← β b + g        u = NewtonSchulz(g + β b)        w ← w (1 - lr · decay) - lr · sqrt(max(1, rows/columns)) · u
 * </pre>
 *
 * NewtonSchulz: X = G/‖G‖, then five times X ← aX + (bA + cA²)X with A = XXᵀ, (a, b, c) = (3.4445, -4.7750, 2.0315), which takes
 * all singular values near 1. State: {@code b.NAME} for each matrix.
 */
public final class Muon implements AutoCloseable {
    private static final float A = 3.4445f;
    private static final float B = -4.7750f;
    private static final float C = 2.0315f;
    private static final int ITERATIONS = 5;
    private static final double SMALLEST_NORM = 1e-7;

    private record Slot(Parameter parameter, Tensor momentum, Tensor update) { // both [shape of the parameter]
    }

    private final Backend backend;
    private final float beta;
    private final float weightDecay;
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final Tensor hostFactor; // [1], the factor of a step that the host chose
    private StepProgram updates; // makes the updates of all matrices; null before the first step
    private Tensor updatesFactor; // [1], the factor that it reads

    /**
     * An optimiser with zero momentum for the matrices that the predicate chooses by full name.
     *
     * @param scope owns the state
     * @param beta decay of the momentum, usually 0.95
     */
    public Muon(Backend backend, MemoryScope scope, Module module, Predicate<String> which, float beta, float weightDecay) {
        this.backend = backend;
        this.beta = beta;
        this.weightDecay = weightDecay;
        this.hostFactor = scope.of(new float[] {1}, 1);
        module.forEachParameter((name, parameter) -> {
            if (parameter.gradient() != null && which.test(name)) {
                if (parameter.shape().rank() != 2) {
                    throw new IllegalArgumentException("Muon moves matrices; " + name + " is " + parameter.shape());
                }
                Tensor momentum = scope.allocate(DType.F32, parameter.shape());
                backend.fill(momentum, 0);
                slots.put(name, new Slot(parameter, momentum, scope.allocate(DType.F32, parameter.shape())));
            }
        });
    }

    /** One step in place. The gradients are multiplied by {@code gradientScale} first and not changed. */
    public void step(float learningRate, float gradientScale) {
        step(learningRate, hostFactor.set(gradientScale));
    }

    /**
     * One step in place, without waiting for a device. The gradients are multiplied by a factor first and not changed.
     *
     * @param factor [1]; when it is not finite the step moves nothing
     */
    public void step(float learningRate, Tensor factor) {
        if (updatesFactor != factor) {
            close();
            updatesFactor = factor;
            updates = backend.record(() -> makeUpdates(factor));
        }
        updates.run();
        for (Slot slot : slots.values()) {
            Tensor weight = slot.parameter().value();
            float aspect = (float) Math.sqrt(Math.max(1.0, (double) weight.dim(0) / weight.dim(1)));
            backend.combine(1 - learningRate * weightDecay, -learningRate * aspect, slot.update(), factor, weight);
        }
    }

    /** The same calls in every step: hundreds of small ones, which a device may repeat as one. */
    private void makeUpdates(Tensor factor) {
        for (Slot slot : slots.values()) {
            try (MemoryScope scope = backend.openScope("Muon step")) {
                Tensor direction = scope.allocate(DType.F32, slot.parameter().shape()); // g + β b
                backend.muonDirection(beta, slot.parameter().gradient(), factor, slot.momentum(), direction);
                orthogonal(scope, direction, slot.update());
            }
        }
    }

    /** Lets go of what a device recorded; the next step records it again. */
    @Override
    public void close() {
        if (updates != null) {
            updates.close();
            updates = null;
            updatesFactor = null;
        }
    }

    /** Writes the nearly orthogonal matrix of a matrix [rows, columns] to x, of equal shape; zeros stay zeros. */
    void orthogonal(MemoryScope scope, Tensor matrix, Tensor x) {
        boolean tall = matrix.dim(0) > matrix.dim(1); // work on the smaller square
        Shape square = Shape.of(Math.min(matrix.dim(0), matrix.dim(1)), Math.min(matrix.dim(0), matrix.dim(1)));
        backend.normalise(SMALLEST_NORM, matrix, x);
        Tensor gram = scope.allocate(DType.F32, square);
        Tensor polynomial = scope.allocate(DType.F32, square);
        Tensor next = scope.allocate(DType.F32, matrix.shape());
        for (int i = 0; i < ITERATIONS; i++) {
            backend.matmul(tall ? MatmulSpec.TN : MatmulSpec.NT, x, x, Epilogue.NONE, gram);
            backend.matmul(MatmulSpec.NN, gram, gram, Epilogue.NONE, polynomial);
            backend.combine(C, B, gram, null, polynomial); // bA + cA²
            backend.matmul(MatmulSpec.NN, tall ? x : polynomial, tall ? polynomial : x, Epilogue.NONE, next);
            backend.combine(A, 1, next, null, x);
        }
    }

    /** The state by name; the tensors are the living ones. */
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        slots.forEach((name, slot) -> state.put("b." + name, slot.momentum()));
        return state;
    }

    /**
     * Takes a stored state over.
     *
     * @param source tensor of a name, null when there is none
     * @param where file name for messages
     */
    public void load(Function<String, Tensor> source, String where) {
        state().forEach((name, target) -> {
            Tensor stored = source.apply(name);
            if (stored == null || !stored.shape().equals(target.shape()) || stored.dtype() != target.dtype()) {
                throw new InvalidInput(where + ": optimiser state '" + name + "' is " + (stored == null ? "missing" : stored.dtype() + "" + stored.shape())
                        + ", the model needs " + target.dtype() + target.shape());
            }
            Checkpoint.upload(stored, target, backend);
        });
    }
}
