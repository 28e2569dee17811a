package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.Pixels;

/** The mean over a straight path of 5 to 13 % of the side, four samples a pixel, taken in x^2.2 as a sensor does (GoPro protocol, Nah et al., CVPR 2017). */
public final class MotionBlur implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float share = random.nextFloat(0.05f, 0.13f);
        double angle = Math.PI * random.nextFloat();
        return (photo, r) -> {
            float length = Math.max(2, share * photo.width());
            int samples = Math.round(4 * length);
            Pixels light = photo.mapSamples((x, c) -> Curves.power(x, 2.2f));
            return Places.map(photo, (x, y, c) -> {
                float sum = 0;
                for (int i = 0; i < samples; i++) {
                    double t = length * ((i + 0.5) / samples - 0.5);
                    sum += Places.between(light, x + t * Math.cos(angle), y + t * Math.sin(angle), c);
                }
                return Curves.power(sum / samples, 1 / 2.2f);
            });
        };
    }
}
