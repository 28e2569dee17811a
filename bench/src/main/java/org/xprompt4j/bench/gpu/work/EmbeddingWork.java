package org.xprompt4j.bench.gpu.work;

import java.util.Map;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;

/** Rows of a bf16 table, and the gradient, which is added to the rows of a float table in the order of the ids. */
final class EmbeddingWork {
    private EmbeddingWork() {
    }

    static GpuWork forward(int ids, int vocab, int dim) {
        double numbers = (double) ids * dim;
        return new GpuWork("embedding.forward", ids + " of " + vocab + "x" + dim + " bf16", Precision.F32, numbers, 6 * numbers + 4.0 * ids, place -> {
            int sets = place.sets(6 * numbers);
            Tensor table = place.normal(DType.BF16, 1, vocab, dim);
            Tensor[] id = Place.each(sets, () -> place.indices(vocab, ids));
            Tensor[] out = Place.each(sets, () -> place.empty(ids, dim));
            return new Ready(sets, set -> place.backend().embedding(table, id[set], out[set]), () -> {
                place.poison(out[0]);
                place.backend().embedding(table, id[0], out[0]);
                int[] sample = Place.sample(ids);
                int[] chosen = place.rows(id[0], sample).toIntArray();
                WrongResult.requireClose("embedding", place.rows(table, chosen), place.rows(out[0], sample), 0);
            });
        }).against("embedding", Map.of("ids", ids, "vocab", vocab, "dim", dim, "backward", false));
    }

    static GpuWork backward(int ids, int vocab, int dim) {
        double numbers = (double) ids * dim;
        return new GpuWork("embedding.backward", ids + " of " + vocab + "x" + dim, Precision.F32, numbers, 12 * numbers + 4.0 * ids, place -> {
            int sets = place.sets(12 * numbers);
            Tensor[] id = Place.each(sets, () -> place.indices(vocab, ids));
            Tensor[] dOut = Place.each(sets, () -> place.normal(ids, dim));
            Tensor dTable = place.zeros(vocab, dim);
            return new Ready(sets, set -> place.backend().embeddingBackward(id[set], dOut[set], dTable), () -> {
                place.backend().embeddingBackward(id[0], dOut[0], dTable);
                int[] all = place.onHost(id[0]).toIntArray();
                float[] rows = place.onHost(dOut[0]).toFloatArray();
                for (int token : new int[] {all[0], all[all.length - 1], vocab - 1}) {
                    float[] expected = new float[dim];
                    for (int i = 0; i < all.length; i++) {
                        for (int d = 0; all[i] == token && d < dim; d++) {
                            expected[d] += rows[i * dim + d];
                        }
                    }
                    WrongResult.requireClose("embedding's gradient", expected, place.rows(dTable, token).toFloatArray(), Precision.F32.bound());
                }
            });
        }).against("embedding", Map.of("ids", ids, "vocab", vocab, "dim", dim, "backward", true));
    }
}
