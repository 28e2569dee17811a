package org.xprompt4j.xprompt.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.xprompt4j.xprompt.PaintedPhotos;
import org.xprompt4j.xprompt.TinyModel;
import org.xprompt4j.xprompt.inference.PictureTokenizer;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.Resample;
import org.xprompt4j.xprompt.prompt.Arrangement;

class CodebookEmbedderTest {
    /** Entry of a code less the mean entry, from the weights themselves. */
    private static double[] centred(float[] codebook, int dim, int code) {
        double[] entry = new double[dim];
        for (int d = 0; d < dim; d++) {
            double sum = 0;
            for (int c = 0; c < codebook.length / dim; c++) {
                sum += codebook[c * dim + d];
            }
            entry[d] = codebook[code * dim + d] - sum * dim / codebook.length;
        }
        return entry;
    }

    @Test
    void vectorsAreMeansOfCentredEntriesOverAGrid() {
        try (TinyModel tiny = new TinyModel(1, Arrangement.SHARED)) {
            PictureTokenizer tokenizer = new PictureTokenizer(tiny.backend, tiny.vqgan);
            PictureEmbedder embedder = new CodebookEmbedder(tiny.backend, tokenizer);
            int dim = tiny.vqgan.config().codeDim();
            float[] codebook = tiny.vqgan.quantizer().embedding().value().toFloatArray();
            assertThat(embedder.name()).isEqualTo("vqgan");
            assertThat(embedder.dimension()).isEqualTo(16 * dim);
            for (int side : new int[] {16, 32, 8}) { // one code a cell, four codes a cell, four cells a code
                Picture painted = new PaintedPhotos().picture(3); // 24x24
                Picture picture = side > 24 ? Resample.resize(painted, side, side, Resample.Kernel.BICUBIC) : painted.crop(0, 0, side, side);
                int[] codes = tokenizer.encode(List.of(picture))[0];
                int row = side / 4;
                double[] expected = new double[16 * dim];
                for (int cell = 0; cell < 16; cell++) {
                    for (int y = 0; y < Math.max(1, row / 4); y++) {
                        for (int x = 0; x < Math.max(1, row / 4); x++) {
                            double[] entry = centred(codebook, dim, codes[(cell / 4 * row / 4 + y) * row + cell % 4 * row / 4 + x]);
                            for (int d = 0; d < dim; d++) {
                                expected[cell * dim + d] += entry[d];
                            }
                        }
                    }
                }
                double length = 0;
                for (double v : expected) {
                    length += v * v;
                }
                float[] vector = embedder.embed(List.of(picture))[0];
                for (int i = 0; i < expected.length; i++) {
                    assertThat((double) vector[i]).as("side %d, number %d", side, i).isCloseTo(expected[i] / Math.sqrt(length), within(1e-5));
                }
            }
        }
    }
}
