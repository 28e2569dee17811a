package org.xprompt4j.xprompt.course;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.xprompt.explain.CodeSheet;
import org.xprompt4j.xprompt.explain.CodeStudy;
import org.xprompt4j.xprompt.inference.PictureTokenizer;

/** Chapter 8: a picture becomes a small grid of whole numbers, each naming an entry of a learned codebook. */
final class CodesOfAPicture implements Chapter {
    @Override
    public String name() {
        return "08-codes-of-a-picture";
    }

    @Override
    public String idea() {
        return "a picture is a grid of codes; each names the entry of a codebook that is nearest";
    }

    @Override
    public Lesson run(Materials materials) {
        CodeStudy study = new CodeStudy(materials.model().tokenizer());
        int side = materials.model().config().pictureSize();
        CodeStudy.Coded coded = study.code(materials.testPhoto(PHOTO, side));
        List<CodeStudy.Coded> levels = study.levels(materials.testPhoto(PHOTO, 4 * side), side / 4, side / 2, side, 2 * side, 4 * side);
        List<CodeStudy.Coded> many = new ArrayList<>(List.of(coded));
        for (int i = 0; i < materials.size(16, 4); i++) {
            many.add(study.code(materials.testPhoto(i, side)));
        }
        int[] use = study.use(many);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("codes", coded.codes().length);
        figures.put("bits_a_pixel", Math.log(use.length) / Math.log(2) * coded.codes().length / (side * side));
        figures.put("different_codes", coded.distinct());
        figures.put("psnr", coded.psnr());
        figures.put("psnr_by_level", levels.stream().map(CodeStudy.Coded::psnr).toList());
        figures.put("perplexity_of_the_photo", CodeStudy.perplexity(study.use(List.of(coded))));
        figures.put("perplexity_of_" + many.size() + "_photos", CodeStudy.perplexity(use));
        figures.put("disagreements_with_plain_search", disagreements(materials, coded));
        figures.put("coded_again", same(study.code(coded.reconstruction()).codes(), coded.codes()));
        return new Lesson(CodeSheet.draw(coded, levels, study.entries(), study.use(List.of(coded))), figures);
    }

    private static final int PHOTO = 2;

    /** How many codes differ from those of a search written out in plain loops. */
    private static int disagreements(Materials materials, CodeStudy.Coded coded) {
        Vqgan vqgan = materials.model().tokenizer().vqgan();
        int different = 0;
        try (MemoryScope scope = materials.model().backend().openScope("chapter 8")) {
            // [search]
            Ops ops = new Ops(materials.model().backend(), scope);
            Tensor pixels = PictureTokenizer.pixels(scope, List.of(coded.picture()));        // [1, 64, 64, 3] in -1 .. 1
            Tensor rows = vqgan.quantizer().rows(ops, vqgan.latent(ops, pixels));            // [256, 16]: one vector a cell
            float[] z = rows.toFloatArray();
            float[] book = vqgan.quantizer().embedding().value().toFloatArray();             // [1024, 16]
            int dim = rows.size(1);
            for (int cell = 0; cell < rows.size(0); cell++) {
                int nearest = 0;
                double least = Double.POSITIVE_INFINITY;
                for (int code = 0; code < book.length / dim; code++) {
                    double distance = 0;
                    for (int i = 0; i < dim; i++) {
                        double d = z[cell * dim + i] - book[code * dim + i];
                        distance += d * d;
                    }
                    if (distance < least) {
                        least = distance;
                        nearest = code;
                    }
                }
                different += nearest == coded.codes()[cell] ? 0 : 1;
            }
            // [end]
        }
        return different;
    }

    /** Share of equal codes. */
    private static double same(int[] a, int[] b) {
        int equal = 0;
        for (int i = 0; i < a.length; i++) {
            equal += a[i] == b[i] ? 1 : 0;
        }
        return (double) equal / a.length;
    }
}
