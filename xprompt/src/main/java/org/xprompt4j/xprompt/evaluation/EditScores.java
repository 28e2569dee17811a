package org.xprompt4j.xprompt.evaluation;

import java.util.LinkedHashMap;
import java.util.Map;
import org.xprompt4j.xprompt.metric.ChangedPixels;
import org.xprompt4j.xprompt.metric.FeatureCosines;
import org.xprompt4j.xprompt.metric.Psnr;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.task.Task;

/**
 * How good an answer to an edit is. Direction and similarity have the formulas of the paper's CLIPdir and CLIPim over the vectors of
 * another embedder, by whose name they are called. The paper's CLIPout compares a picture with a caption, which takes a space that both
 * lie in; no such embedder is at hand, so in its place stands {@code hit}.
 *
 * @param psnr against the truth, in dB, at most {@link Psnr#CEILING}
 * @param editPsnr the same over the changed pixels alone; NaN where there are none
 * @param direction {@link FeatureCosines#direction}
 * @param similarity {@link FeatureCosines#similarity}
 * @param hit 1 when the answer is nearer to the truth than to the input over the changed pixels, else 0; NaN where there are none
 */
public record EditScores(double psnr, double editPsnr, double direction, double similarity, double hit) {
    /**
     * Scores an answer.
     *
     * @param asked the input and the truth
     * @param features vectors of input, truth and answer: [3][dimension]
     */
    static EditScores of(Task.Pair asked, Picture answer, float[]... features) {
        ChangedPixels changed = new ChangedPixels(asked.input(), asked.output());
        return new EditScores(Psnr.capped(answer, asked.output(), Psnr.CEILING), changed.psnr(answer),
                FeatureCosines.direction(features[0], features[2], features[1]), FeatureCosines.similarity(features[2], features[1]), changed.hit(answer));
    }

    /**
     * The scores by the names that reports use.
     *
     * @param embedder of the vectors
     */
    Map<String, Double> named(String embedder) {
        Map<String, Double> scores = new LinkedHashMap<>();
        scores.put("psnr", psnr);
        scores.put("edit_psnr", editPsnr);
        scores.put(embedder + "_dir", direction);
        scores.put(embedder + "_sim", similarity);
        scores.put("hit", hit);
        return scores;
    }
}
