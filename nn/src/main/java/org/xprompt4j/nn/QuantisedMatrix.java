package org.xprompt4j.nn;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;

/**
 * A matrix in eight bits, symmetric, with one scale for each row (the output channel of a linear layer): row r stands for
 * {@code scales[r] · values[r]}. The scale is the row's largest absolute weight / 127 and numbers are rounded to nearest even, so
 * a weight moves by at most half a scale.
 *
 * @param values [rows, columns], I8, -127 to 127
 * @param scales [rows], F32; 0 for a row of zeros
 */
public record QuantisedMatrix(Tensor values, Tensor scales) {
    private static final int LARGEST = 127;

    /** Quantises a matrix [rows, columns] of any floating type into memory of a scope. */
    public static QuantisedMatrix of(MemoryScope scope, Tensor matrix) {
        int rows = matrix.size(0);
        int columns = matrix.size(1);
        float[] weights = matrix.toFloatArray();
        float[] scales = new float[rows];
        for (int row = 0; row < rows; row++) {
            scales[row] = quantise(weights, row * columns, columns);
        }
        return new QuantisedMatrix(scope.allocate(DType.I8, rows, columns).set(weights), scope.of(scales, rows));
    }

    /** Replaces one row by its whole numbers; returns its scale. */
    private static float quantise(float[] weights, int at, int n) {
        float largest = 0;
        for (int i = at; i < at + n; i++) {
            largest = Math.max(largest, Math.abs(weights[i]));
        }
        if (!Float.isFinite(largest)) {
            throw new IllegalArgumentException("a weight is " + largest + "; such a matrix cannot be quantised");
        }
        float scale = largest / LARGEST;
        for (int i = at; i < at + n; i++) {
            weights[i] = scale == 0 ? 0 : (float) Math.clamp(Math.rint((double) weights[i] / scale), -LARGEST, LARGEST);
        }
        return scale;
    }

    /** The matrix that the numbers stand for, [rows, columns] F32, in memory of a scope. */
    public Tensor expand(Backend backend, MemoryScope scope) {
        float[] numbers = values.toFloatArray();
        float[] factors = scales.toFloatArray();
        int columns = values.size(1);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] *= factors[i / columns];
        }
        return scope.allocate(DType.F32, values.shape()).set(numbers);
    }
}
