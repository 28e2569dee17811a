package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.Pixels;
import org.xprompt4j.xprompt.wording.ToneWords;

/**
 * Streaks of rain: sparse bright points smeared along one direction and laid over by screening, 1 - (1 - x)(1 - r), the recipe used since
 * Fu et al. 2017. Light rain is one layer; heavy rain is three to five, each of its own direction (Rain100H, Yang et al., CVPR 2017).
 * Density, length and direction belong to the prompt, the drops to the picture. Reversed it is deraining.
 */
public final class Rain implements Family {
    private static final float DARKEST = 0.95f;

    private final boolean heavy;

    /** Rain in one layer, or heavy rain in several. */
    public Rain(boolean heavy) {
        this.heavy = heavy;
    }

    /** One direction of rain, lengths for a picture of 64 pixels. */
    private record Layer(float density, int length, double angle, float strength) {}

    @Override
    public PixelMap draw(Philox random) {
        Layer[] layers = new Layer[heavy ? 3 + random.nextInt(3) : 1];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = new Layer(random.nextFloat(0.01f, 0.03f), 5 + random.nextInt(8), Math.toRadians(90 + random.nextFloat(-25, 25)),
                    random.nextFloat(0.5f, 0.9f) * (heavy ? 0.6f : 1));
        }
        PixelMap map = (photo, drops) -> {
            Pixels out = photo;
            for (Layer layer : layers) {
                out = fall(out, layer, drops);
            }
            return out;
        };
        return map.saying(ToneWords.rain());
    }

    private static Pixels fall(Pixels photo, Layer layer, Philox drops) {
        int w = photo.width();
        int h = photo.height();
        float[] rain = new float[w * h];
        int length = Math.max(layer.length, layer.length * Math.min(w, h) / 64);
        float brightness = drops.nextFloat(0.6f, 1) * layer.strength;
        for (int i = 0; i < w * h; i++) {
            if (drops.nextFloat() >= layer.density) {
                continue;
            }
            for (int t = 0; t < length; t++) {   // streaks that leave on one side enter on the other
                int x = Math.floorMod(i % w + (int) Math.round(t * Math.cos(layer.angle)), w);
                int y = Math.floorMod(i / w + (int) Math.round(t * Math.sin(layer.angle)), h);
                rain[y * w + x] += brightness;
            }
        }
        return Places.map(photo, (x, y, c) -> 1 - (1 - photo.at(x, y, c)) * (1 - Math.min(rain[y * w + x], DARKEST)));
    }
}
