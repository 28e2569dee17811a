package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.wording.ToneWords;

/** Darkens or brightens: b x^g, g from 1.5 to 3 or its reciprocal, b U(0.7, 1). */
public final class Gamma implements Family {
    /** Which way the curve bends. */
    public enum Side {
        /** One of the two, by chance. */
        EITHER,
        /** g above 1. */
        DARKER,
        /** g below 1. */
        BRIGHTER
    }

    private final Side side;

    /** A gamma that darkens, brightens, or does either by chance. */
    public Gamma(Side side) {
        this.side = side;
    }

    @Override
    public PixelMap draw(Philox random) {
        float g = side == Side.EITHER ? Curves.gamma(random) : (float) Math.exp(random.nextFloat((float) Math.log(1.5), (float) Math.log(3)));
        float exponent = side == Side.BRIGHTER ? 1 / g : g;
        float b = side == Side.BRIGHTER ? 1 : random.nextFloat(0.7f, 1);
        return PixelMap.ofSamples((x, c) -> b * Curves.power(x, exponent)).saying(exponent > 1 ? ToneWords.darker() : ToneWords.brighter());
    }
}
