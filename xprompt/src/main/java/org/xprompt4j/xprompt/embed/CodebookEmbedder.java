package org.xprompt4j.xprompt.embed;

import java.util.List;
import java.util.stream.IntStream;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.xprompt.inference.PictureTokenizer;
import org.xprompt4j.xprompt.picture.Picture;

/**
 * Vectors of pictures from the picture tokenizer's own codebook: the entries of a picture's codes, less the mean entry of the codebook,
 * as means over a grid of {@value #GRID} by {@value #GRID}. They know what colours and textures lie where, not what is shown, and they
 * lie in no space together with words: so there is no measure here of a picture against a text.
 */
public final class CodebookEmbedder implements PictureEmbedder {
    /** The name of this embedder. */
    public static final String NAME = "vqgan";

    private static final int GRID = 4;

    private final PictureTokenizer tokenizer;
    private final int codeDim;
    private final float[] entries; // [codes, codeDim], less their mean

    /** Reads the codebook of a tokenizer. */
    public CodebookEmbedder(Backend backend, PictureTokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.codeDim = tokenizer.vqgan().config().codeDim();
        int codes = tokenizer.vqgan().config().codes();
        try (MemoryScope scope = backend.openScope("codebook")) {
            entries = tokenizer.vqgan().quantized(new Ops(backend, scope), scope.of(IntStream.range(0, codes).toArray(), 1, 1, codes)).toFloatArray();
        }
        for (int d = 0; d < codeDim; d++) {
            double sum = 0;
            for (int code = 0; code < codes; code++) {
                sum += entries[code * codeDim + d];
            }
            for (int code = 0; code < codes; code++) {
                entries[code * codeDim + d] -= (float) (sum / codes);
            }
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int dimension() {
        return GRID * GRID * codeDim;
    }

    @Override
    public float[][] embed(List<Picture> pictures) {
        int[][] codes = tokenizer.encode(pictures);
        float[][] vectors = new float[codes.length][];
        for (int i = 0; i < codes.length; i++) {
            vectors[i] = vector(codes[i], pictures.get(i).height() / tokenizer.reduction());
        }
        return vectors;
    }

    /** @param codes [rows * columns] */
    private float[] vector(int[] codes, int rows) {
        int columns = codes.length / rows;
        float[] vector = new float[dimension()];
        for (int cell = 0; cell < GRID * GRID; cell++) {
            int top = cell / GRID * rows / GRID;
            int left = cell % GRID * columns / GRID;
            int bottom = Math.max(top + 1, (cell / GRID + 1) * rows / GRID); // a grid finer than the codes repeats them
            int right = Math.max(left + 1, (cell % GRID + 1) * columns / GRID);
            float share = 1f / ((bottom - top) * (right - left));
            for (int y = top; y < bottom; y++) {
                for (int x = left; x < right; x++) {
                    for (int d = 0; d < codeDim; d++) {
                        vector[cell * codeDim + d] += share * entries[codes[y * columns + x] * codeDim + d];
                    }
                }
            }
        }
        return UnitLength.of(vector);
    }
}
