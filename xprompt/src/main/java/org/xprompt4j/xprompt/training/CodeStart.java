package org.xprompt4j.xprompt.training;

import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;
import org.xprompt4j.vqvae.Vqgan;

/**
 * First weights that know what the image codes look like. Each code's embedding is a random projection of the patch that the
 * decoder paints for it, so that similar codes start similar; the head starts from the same vectors. Linears start wider than
 * 0.02 (0.6/sqrt(inputs)), the two that write to the residual stream narrower (0.02/sqrt(2·layers)).
 *
 * <p>Not part of the paper, whose model starts from a trained Chameleon; a small model from nothing saves half its steps by it.
 */
final class CodeStart {
    private static final int FIELD = 4; // codes around, so that the patch has its own kind as neighbours
    private static final float EMBEDDING_SCALE = 0.5f;
    private static final float NOISE = 0.1f;
    private static final float HEAD_SCALE = 0.02f;
    private static final float LINEAR_GAIN = 0.6f;
    private static final long STREAM = 0x636f6465L; // apart from the streams of parameter names

    private CodeStart() {
    }

    static void apply(Backend backend, Chameleon model, Vqgan vqgan, long seed) {
        model.forEachParameter((name, parameter) -> {
            if (name.endsWith("_proj.weight")) {
                boolean writesResidual = name.endsWith(".o_proj.weight") || name.endsWith(".down_proj.weight");
                double std = writesResidual ? 0.02 / Math.sqrt(2.0 * model.config().layers()) : LINEAR_GAIN / Math.sqrt(parameter.shape().dim(1));
                // First weights are N(0, initializerRange²) by their own streams: only the width changes.
                backend.scale(parameter.value(), (float) (std / model.config().initializerRange()), parameter.value());
            }
        });
        ImageTokens tokens = ImageTokens.of(model.config());
        int hidden = model.config().hiddenSize();
        float[] start = projected(backend, patches(backend, vqgan), hidden, seed); // [codes, hidden], unit mean square
        int vocab = model.config().vocabSize();
        float[] embedding = new float[vocab * hidden];
        for (int i = 0; i < embedding.length; i++) {
            embedding[i] = EMBEDDING_SCALE * Philox.normal(seed, STREAM + 1, i);
        }
        float[] head = model.head().value().toFloatArray();
        for (int code = 0; code < tokens.codes(); code++) {
            int to = tokens.id(code) * hidden;
            for (int i = 0; i < hidden; i++) {
                embedding[to + i] = EMBEDDING_SCALE * start[code * hidden + i] + NOISE * embedding[to + i];
                head[to + i] = HEAD_SCALE * start[code * hidden + i];
            }
        }
        if (model.head() != model.embedding()) {
            model.head().value().set(head);
        }
        model.embedding().value().set(embedding);
    }

    /** What each code looks like: [codes, reduction² · 3], centred, then [codes, codeDim] of its codebook entry beside it. */
    private static float[][] patches(Backend backend, Vqgan vqgan) {
        int codes = vqgan.config().codes();
        int reduction = vqgan.config().reduction();
        int patch = reduction * reduction * 3;
        int dim = vqgan.config().codeDim();
        float[][] features = new float[codes][patch + dim];
        int batch = 128;
        for (int from = 0; from < codes; from += batch) {
            int count = Math.min(batch, codes - from);
            try (MemoryScope scope = backend.openScope("codes as patches")) {
                int[] field = new int[count * FIELD * FIELD];
                for (int i = 0; i < field.length; i++) {
                    field[i] = from + i / (FIELD * FIELD);
                }
                Ops ops = new Ops(backend, scope);
                Tensor ids = scope.of(field, count, FIELD, FIELD);
                Tensor pixels = vqgan.decode(ops, ids); // [count, FIELD · r, FIELD · r, 3]
                Tensor centre = ops.contiguous(pixels.slice(1, reduction, 2L * reduction).slice(2, reduction, 2L * reduction));
                float[] values = centre.toFloatArray();
                float[] entries = vqgan.quantized(ops, ids).toFloatArray();
                for (int i = 0; i < count; i++) {
                    System.arraycopy(values, i * patch, features[from + i], 0, patch);
                    System.arraycopy(entries, i * FIELD * FIELD * dim, features[from + i], patch, dim);
                }
            }
        }
        scale(features, 0, patch);
        scale(features, patch, patch + dim);
        return features;
    }

    /** Centres columns from..to and scales them together so that a row's squares sum to 1 in the mean. */
    private static void scale(float[][] rows, int from, int to) {
        double squares = 0;
        for (int c = from; c < to; c++) {
            double mean = 0;
            for (float[] row : rows) {
                mean += row[c];
            }
            mean /= rows.length;
            for (float[] row : rows) {
                row[c] -= (float) mean;
                squares += (double) row[c] * row[c];
            }
        }
        float factor = (float) (1 / Math.sqrt(squares / rows.length + 1e-12));
        for (float[] row : rows) {
            for (int c = from; c < to; c++) {
                row[c] *= factor;
            }
        }
    }

    /** Rows through a random Gaussian matrix to [rows, hidden], scaled to a mean square of 1. */
    private static float[] projected(Backend backend, float[][] rows, int hidden, long seed) {
        int features = rows[0].length;
        try (MemoryScope scope = backend.openScope("code start")) {
            float[] flat = new float[rows.length * features];
            for (int i = 0; i < rows.length; i++) {
                System.arraycopy(rows[i], 0, flat, i * features, features);
            }
            float[] matrix = new float[features * hidden];
            for (int i = 0; i < matrix.length; i++) {
                matrix[i] = Philox.normal(seed, STREAM, i);
            }
            Tensor out = scope.allocate(DType.F32, Shape.of(rows.length, hidden));
            backend.matmul(MatmulSpec.NN, scope.of(flat, rows.length, features), scope.of(matrix, features, hidden), Epilogue.NONE, out);
            backend.scale(out, (float) (1 / Math.sqrt(backend.sumOfSquares(out) / out.numel())), out);
            return out.toFloatArray();
        }
    }
}
