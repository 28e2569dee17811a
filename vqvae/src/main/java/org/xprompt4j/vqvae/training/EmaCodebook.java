package org.xprompt4j.vqvae.training;

import java.util.LinkedHashMap;
import java.util.Map;

import org.xprompt4j.nn.Initialisation;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.vqvae.VqganConfig;

/**
 * The codebook as moving averages of the latents that chose each code (van den Oord et al., 2017, appendix A.1): no gradient,
 * and unused codes are moved onto latents of the batch, so that the codebook does not collapse. Entries of a normalising model
 * go back to length 1.
 *
 * <p>Plain loops in a fixed order: a few hundred thousand additions a step, the same bits on every device.
 */
final class EmaCodebook {
    private static final long STREAM = Initialisation.stream("tokenizer codebook");
    private static final float SMALLEST_COUNT = 1e-3f; // a code that nothing chooses stops decaying here

    private final TokenizerRecipe recipe;
    private final int codes;
    private final int dim;
    private final boolean normalize;
    private final Tensor embedding; // [codes, dim], the model's
    private final Tensor storedCounts; // [codes]
    private final Tensor storedSums; // [codes, dim]
    private final float[] counts; // [codes], mean number of latents of a batch that choose the code
    private final float[] sums; // [codes, dim], mean sum of those latents
    private int used;

    EmaCodebook(MemoryScope scope, TokenizerRecipe recipe, Tensor embedding) {
        this.recipe = recipe;
        VqganConfig model = recipe.model();
        codes = model.codes();
        dim = model.codeDim();
        normalize = model.normalizeCodes();
        this.embedding = embedding;
        storedCounts = scope.allocate(DType.F32, codes);
        storedSums = scope.allocate(DType.F32, codes, dim);
        counts = new float[codes];
        sums = new float[codes * dim];
        storedCounts.set(counts);
        storedSums.set(sums);
    }

    /**
     * Starts from the codebook that the model has.
     *
     * @param shares [codes] share of all latents that choose each code
     * @param rows latents of a batch
     */
    void start(float[] shares, int rows) {
        float[] entries = embedding.toFloatArray();
        for (int code = 0; code < codes; code++) {
            counts[code] = Math.max(shares[code] * rows, SMALLEST_COUNT);
            for (int i = code * dim; i < (code + 1) * dim; i++) {
                sums[i] = counts[code] * entries[i];
            }
        }
        write();
    }

    /** Starts the codebook as latents drawn from a batch. */
    void start(int step, float[] rows) {
        Philox draws = draws(step);
        for (int code = 0; code < codes; code++) {
            place(code, rows, draws.nextInt(rows.length / dim));
        }
        write();
    }

    /**
     * Follows one batch.
     *
     * @param rows [n, dim] latents, of length 1 in a normalising model
     * @param chosen [n] their codes
     */
    void follow(int step, float[] rows, int[] chosen) {
        float[] batchCounts = new float[codes];
        float[] batchSums = new float[codes * dim];
        for (int row = 0; row < chosen.length; row++) {
            int code = chosen[row];
            batchCounts[code]++;
            for (int d = 0; d < dim; d++) {
                batchSums[code * dim + d] += rows[row * dim + d];
            }
        }
        TokenizerRecipe.Codebook book = recipe.codebook();
        float progress = (float) step / recipe.steps();
        float decay = progress < book.lateFrom() ? book.decay() : book.lateDecay();
        used = 0;
        for (int code = 0; code < codes; code++) {
            used += batchCounts[code] > 0 ? 1 : 0;
            if (batchCounts[code] == 0 && counts[code] < SMALLEST_COUNT) {
                continue; // further decay would only lose its direction to underflow
            }
            counts[code] = decay * counts[code] + (1 - decay) * batchCounts[code];
            for (int i = code * dim; i < (code + 1) * dim; i++) {
                sums[i] = decay * sums[i] + (1 - decay) * batchSums[i];
            }
        }
        if ((step + 1) % book.replaceEvery() == 0 && progress < book.replaceUntil()) {
            replaceUnused(step, rows, book.replaceBelow() * chosen.length / codes);
        }
        write();
    }

    private void replaceUnused(int step, float[] rows, float threshold) {
        Philox draws = draws(step);
        for (int code = 0; code < codes; code++) {
            if (counts[code] < threshold) {
                place(code, rows, draws.nextInt(rows.length / dim));
            }
        }
    }

    private Philox draws(int step) {
        return new Philox(recipe.seed(), STREAM + step);
    }

    private void place(int code, float[] rows, int row) {
        counts[code] = 1;
        System.arraycopy(rows, row * dim, sums, code * dim, dim);
    }

    /** Sets the model's codebook and the stored state from the averages. */
    private void write() {
        float[] entries = new float[codes * dim];
        for (int code = 0; code < codes; code++) {
            double scale = 1 / Math.max(counts[code], SMALLEST_COUNT);
            if (normalize) {
                double squares = 0;
                for (int i = code * dim; i < (code + 1) * dim; i++) {
                    squares += (double) sums[i] * sums[i];
                }
                scale = 1 / Math.max(Math.sqrt(squares), 1e-12);
            }
            for (int i = code * dim; i < (code + 1) * dim; i++) {
                entries[i] = (float) (sums[i] * scale);
            }
        }
        embedding.set(entries);
        storedCounts.set(counts);
        storedSums.set(sums);
    }

    /** Codes that the last batch chose. */
    int used() {
        return used;
    }

    /** exp of the entropy of the averaged use: the number of codes in even use that would be worth as much. */
    float perplexity() {
        double total = 0;
        for (float count : counts) {
            total += count;
        }
        double entropy = 0;
        for (float count : counts) {
            if (count > 0) {
                entropy -= count / total * Math.log(count / total);
            }
        }
        return total == 0 ? 0 : (float) Math.exp(entropy);
    }

    /** The averages by name; what they hold is read when a state is written. */
    Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        state.put("count", storedCounts);
        state.put("sum", storedSums);
        return state;
    }

    /** Takes over what was loaded into the tensors of {@link #state}; the model's codebook is stored with the model. */
    void stateLoaded() {
        System.arraycopy(storedCounts.toFloatArray(), 0, counts, 0, codes);
        System.arraycopy(storedSums.toFloatArray(), 0, sums, 0, codes * dim);
    }
}
