package org.xprompt4j.xprompt.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.xprompt4j.xprompt.data.Crops;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.metric.Psnr;
import org.xprompt4j.xprompt.picture.Picture;

/** What the picture tokenizer loses on plain photographs that it was not trained on. */
public final class TokenizerQuality {
    private static final int CROPS = 2; // of each photograph

    private TokenizerQuality() {
    }

    /** Mean PSNR in dB of reconstructed crops of all test photographs. */
    public static double psnr(XPromptModel model, PhotoSource source, long seed) {
        List<Picture> crops = new ArrayList<>();
        for (int photo : source.indices(Split.TEST)) {
            for (int crop = 0; crop < CROPS; crop++) {
                crops.add(Crops.draw(source, photo, crop, model.config().pictureSize(), seed));
            }
        }
        List<Picture> again = model.tokenizer().reconstruct(crops);
        double sum = 0;
        for (int i = 0; i < crops.size(); i++) {
            sum += Psnr.capped(again.get(i), crops.get(i), Psnr.CEILING);
        }
        return sum / crops.size();
    }
}
