package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.wording.ToneWords;

/** Two to four levels a channel, after a gamma U(0.7, 1.4). */
public final class Posterise implements Family {
    @Override
    public PixelMap draw(Philox random) {
        int steps = 1 + random.nextInt(3);
        float g = random.nextFloat(0.7f, 1.4f);
        return PixelMap.ofSamples((x, c) -> (float) Math.floor(Curves.power(x, g) * steps + 0.5f) / steps).saying(ToneWords.posterise(steps + 1));
    }
}
