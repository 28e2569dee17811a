package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.wording.ToneWords;

/** Much warmer or much colder light, strength U(0.35, 0.6). */
public final class Temperature implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float a = random.nextFloat(0.35f, 0.6f);
        float[] light = random.nextFloat() < 0.5f ? new float[] {1, 1 - 0.5f * a, 1 - a} : new float[] {1 - a, 1 - 0.35f * a, 1};
        return PixelMap.ofSamples((x, c) -> x * light[c]).saying(ToneWords.temperature(light[0] > light[2]));
    }
}
