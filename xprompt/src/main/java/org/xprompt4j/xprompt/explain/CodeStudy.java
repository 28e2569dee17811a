package org.xprompt4j.xprompt.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.xprompt4j.xprompt.inference.PictureTokenizer;
import org.xprompt4j.xprompt.metric.Psnr;
import org.xprompt4j.xprompt.picture.AreaShrink;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.Resample;

/** The codes of a picture: which they are, how they spread over the codebook, what comes back. */
public final class CodeStudy {
    private static final int AROUND = 3; // a code is shown in the middle of so many by so many of itself

    private final PictureTokenizer tokenizer;
    private final int codebook;

    /** A study of an open tokenizer, which stays the caller's. */
    public CodeStudy(PictureTokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.codebook = tokenizer.vqgan().config().codes();
    }

    /**
     * A picture through the tokenizer.
     *
     * @param picture        as it went in; sides are multiples of the reduction
     * @param codes          [rows · columns] in raster order
     * @param columns        codes of a row
     * @param reconstruction what comes back
     * @param psnr           of it, dB, at most {@link Psnr#CEILING}
     */
    public record Coded(Picture picture, int[] codes, int columns, Picture reconstruction, double psnr) {
        /** How many of the codebook's entries occur. */
        public int distinct() {
            return (int) Arrays.stream(codes).distinct().count();
        }
    }

    /** Codes and reconstruction of a picture whose sides the tokenizer's reduction divides. */
    public Coded code(Picture picture) {
        int[] codes = tokenizer.encode(List.of(picture))[0];
        Picture back = tokenizer.decode(new int[][] {codes}, picture.width(), picture.height()).getFirst();
        return new Coded(picture, codes, picture.width() / tokenizer.reduction(), back, Psnr.capped(picture, back, Psnr.CEILING));
    }

    /**
     * A picture at several sizes: fewer pixels, fewer codes, less detail.
     *
     * @param picture square
     * @param sides   of the sizes, multiples of the reduction
     * @return each with its reconstruction enlarged to the picture, and the dB of that against the picture
     */
    public List<Coded> levels(Picture picture, int... sides) {
        List<Coded> out = new ArrayList<>();
        for (int side : sides) {
            Coded small = code(AreaShrink.resize(picture, side, side));
            Picture large = side == picture.width() ? small.reconstruction
                    : Resample.resize(small.reconstruction, picture.width(), picture.height(), Resample.Kernel.BICUBIC);
            out.add(new Coded(small.picture, small.codes, small.columns, large, Psnr.capped(picture, large, Psnr.CEILING)));
        }
        return out;
    }

    /** How often each entry of the codebook occurs, [codes]. */
    public int[] use(List<Coded> pictures) {
        int[] counts = new int[codebook];
        pictures.forEach(p -> Arrays.stream(p.codes).forEach(code -> counts[code]++));
        return counts;
    }

    /** The number of equally likely codes that would be as hard to guess: 2 to the entropy of the counts in bits. */
    public static double perplexity(int[] counts) {
        double total = Arrays.stream(counts).sum();
        double bits = Arrays.stream(counts).filter(n -> n > 0).mapToDouble(n -> -n / total * Math.log(n / total) / Math.log(2)).sum();
        return Math.pow(2, bits);
    }

    /** What each entry of the codebook looks like among its own kind: [codes] pictures of one cell. */
    public List<Picture> entries() {
        int cell = tokenizer.reduction();
        List<Picture> out = new ArrayList<>();
        int batch = 128;
        for (int from = 0; from < codebook; from += batch) {
            int[][] grids = IntStream.range(from, Math.min(codebook, from + batch)).mapToObj(code -> {
                int[] grid = new int[AROUND * AROUND];
                Arrays.fill(grid, code);
                return grid;
            }).toArray(int[][]::new);
            tokenizer.decode(grids, AROUND * cell, AROUND * cell).forEach(p -> out.add(p.crop(cell, cell, cell, cell)));
        }
        return out;
    }

    /** Codes from dark to light, for drawing: position to code, [codes]. */
    static int[] byBrightness(List<Picture> entries) {
        double[] brightness = entries.stream().mapToDouble(CodeStudy::luma).toArray();
        return IntStream.range(0, brightness.length).boxed().sorted((a, b) -> Double.compare(brightness[a], brightness[b])).mapToInt(i -> i).toArray();
    }

    private static double luma(Picture p) {
        double sum = 0;
        for (int y = 0; y < p.height(); y++) {
            for (int x = 0; x < p.width(); x++) {
                sum += 0.299 * p.at(x, y, 0) + 0.587 * p.at(x, y, 1) + 0.114 * p.at(x, y, 2);
            }
        }
        return sum;
    }
}
