package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.CrossEntropySpec;

/**
 * Cross entropy of a linear layer, {@code z - logits[label] + zLoss z²} with {@code z = logsumexp(logits)} (z-loss: Chowdhery et
 * al., 2022, section 5). Logits live as blocks of a product: forward reduces each to a maximum and a sum, backward computes them
 * again for some rows at a time and turns them into their gradient.
 */
final class LinearCrossEntropy {
    private static final int BLOCK_ROWS = 72; // whole strips of 8 and of 12
    static final int BLOCK_COLUMNS = 256;
    private static final int GRADIENT_FLOATS = 4 << 20; // logit gradients held at once: 16 MB, within the third cache

    private static final int SLOT_HIDDEN = 7;
    private static final int SLOT_MAXIMA = 6;
    private static final int SLOT_SUMS = 5;
    private static final int SLOT_LABEL_LOGITS = 4;
    private static final int SLOT_GRADIENT = 6;

    private LinearCrossEntropy() {
    }

    /** hidden [rows, dim], weight [vocab, dim], labels [rows], rowLoss [rows], logSumExp [rows]. */
    static void forward(CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor rowLoss, Tensor logSumExp) {
        int vocab = weight.size(0);
        int dim = hidden.size(1);
        Labels counted = Labels.counted(labels, vocab);
        Scratch scratch = Scratch.get();
        int blocks = (vocab + BLOCK_COLUMNS - 1) / BLOCK_COLUMNS;
        SoftmaxSink sink = new SoftmaxSink(counted.labels(), blocks, scratch.floats(SLOT_MAXIMA, counted.count() * blocks),
                scratch.floats(SLOT_SUMS, counted.count() * blocks), scratch.floats(SLOT_LABEL_LOGITS, counted.count()));
        HeapRows rows = new HeapRows(gather(hidden, counted, 0, counted.count()), dim, dim, true);
        TiledProduct.runInBlocks(BLOCK_ROWS, BLOCK_COLUMNS, counted.count(), vocab, dim, rows, MatrixPanels.columnsByDepth(weight), sink);
        MemorySegment loss = rowLoss.segment();
        MemorySegment lse = logSumExp.segment();
        loss.fill((byte) 0);
        lse.fill((byte) 0);
        for (int i = 0; i < counted.count(); i++) {
            double z = sink.logSumExp(i);
            long at = 4L * counted.rows()[i];
            loss.set(FloatRuns.FLOAT, at, (float) (z - sink.labelLogit(i) + spec.zLoss() * z * z));
            lse.set(FloatRuns.FLOAT, at, (float) z);
        }
    }

    /** dHidden [rows, dim] and dWeight [vocab, dim] are added to; either may be null. */
    static void backward(CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor logSumExp, float rowScale, Tensor dLoss, Tensor dHidden,
            Tensor dWeight) {
        float scale = dLoss == null ? rowScale : rowScale * dLoss.item();
        int vocab = weight.size(0);
        int dim = hidden.size(1);
        Labels counted = Labels.counted(labels, vocab);
        MemorySegment lse = logSumExp.segment();
        int chunk = Math.max(BLOCK_ROWS, GRADIENT_FLOATS / vocab / BLOCK_ROWS * BLOCK_ROWS);
        for (int first = 0; first < counted.count(); first += chunk) {
            int rows = Math.min(chunk, counted.count() - first);
            float[] inputs = gather(hidden, counted, first, rows); // [rows, dim]
            float[] gradient = Scratch.get().floats(SLOT_GRADIENT, Math.multiplyExact(rows, vocab) + Lanes.COUNT); // [rows, vocab]
            float[] z = new float[rows];
            for (int i = 0; i < rows; i++) {
                z[i] = lse.get(FloatRuns.FLOAT, 4L * counted.rows()[first + i]);
            }
            int[] chunkLabels = Arrays.copyOfRange(counted.labels(), first, first + rows);
            TiledProduct.run(rows, vocab, dim, new HeapRows(inputs, dim, dim, true), MatrixPanels.columnsByDepth(weight),
                    new SoftmaxGradientSink(chunkLabels, z, spec.zLoss(), scale, gradient, vocab));
            if (dHidden != null) {
                TiledProduct.run(rows, dim, vocab, new HeapRows(gradient, vocab, vocab, true), MatrixPanels.depthByColumns(weight),
                        new ScatteredRows(dHidden.segment(), dim, counted.rows(), first));
            }
            if (dWeight != null) {
                EpilogueSink sink = EpilogueSink.adding(dWeight);
                TiledProduct.run(vocab, dim, rows, new HeapRows(gradient, vocab, rows, false), new HeapPanels(inputs, dim), sink);
            }
        }
    }

    /** Counted rows {@code first ..} as one heap matrix [count, dim]. */
    private static float[] gather(Tensor hidden, Labels counted, int first, int count) {
        int dim = hidden.size(1);
        float[] rows = Scratch.get().floats(SLOT_HIDDEN, Math.multiplyExact(count, dim) + Lanes.COUNT);
        MemorySegment from = hidden.segment();
        for (int i = 0; i < count; i++) {
            MemorySegment.copy(from, FloatRuns.FLOAT, (long) counted.rows()[first + i] * dim * 4, rows, i * dim, dim);
        }
        return rows;
    }

    /**
     * Adds row i of a product to row {@code rows[first + i]} of a gradient.
     *
     * @param gradient [.., dim]
     */
    private record ScatteredRows(MemorySegment gradient, int dim, int[] rows, int first) implements TileSink {
        @Override
        public void store(float[] tile, int stride, int row, int count, int column, int columns) {
            for (int i = 0; i < count; i++) {
                Rows.add(tile, i * stride, columns, gradient, ((long) rows[first + row + i] * dim + column) * 4);
            }
        }
    }
}
