package org.xprompt4j.xprompt.embed;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.xprompt.onnx.OnnxFile;

/**
 * The weights of all-MiniLM-L6-v2 out of its ONNX file. Tables, biases and norms have BERT's names there. The matrices of the layers were
 * transposed by the exporter, [in, out], and named {@code onnx::MatMul_n}: of layer i the query is n = 885 + 13 i, the others follow.
 */
final class MiniLmWeights {
    private static final int FIRST = 885;
    private static final int LAYER = 13;
    private static final Pattern MATRIX = Pattern.compile("encoder\\.layer\\.(\\d+)\\.(.*)\\.weight");
    private static final Map<String, Integer> PLACES = Map.of("attention.self.query", 0, "attention.self.key", 1, "attention.self.value", 4,
            "attention.output.dense", 10, "intermediate.dense", 11, "output.dense", 12);

    private final OnnxFile file;

    MiniLmWeights(OnnxFile file) {
        this.file = file;
    }

    /**
     * The numbers of a parameter in row-major order.
     *
     * @throws InvalidInput naming the file and the initializer when it is missing or of another shape
     */
    float[] numbers(String name, Shape shape) {
        Matcher matrix = MATRIX.matcher(name);
        Integer place = matrix.matches() ? PLACES.get(matrix.group(2)) : null;
        if (place == null) {
            return file.floats(name, shape);
        }
        int out = (int) shape.dim(0);
        int in = (int) shape.dim(1);
        String stored = "onnx::MatMul_" + (FIRST + LAYER * Integer.parseInt(matrix.group(1)) + place);
        return transposed(file.floats(stored, Shape.of(in, out)), in, out);
    }

    /** [rows, columns] to [columns, rows]. */
    private static float[] transposed(float[] x, int rows, int columns) {
        float[] out = new float[x.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                out[c * rows + r] = x[r * columns + c];
            }
        }
        return out;
    }
}
