package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.Pixels;

/** Draws that several families share. */
final class Curves {
    private Curves() {}

    /** A strong gamma, darkening half of the time: e^U(ln 1.5, ln 3) or its reciprocal. */
    static float gamma(Philox random) {
        float g = (float) Math.exp(random.nextFloat((float) Math.log(1.5), (float) Math.log(3)));
        return random.nextFloat() < 0.5f ? g : 1 / g;
    }

    /** Any colour. */
    static float[] colour(Philox random) {
        return new float[] {random.nextFloat(), random.nextFloat(), random.nextFloat()};
    }

    /** Two colours whose luma differs by at least 0.35. */
    static float[][] twoColours(Philox random) {
        while (true) {
            float[] a = colour(random);
            float[] b = colour(random);
            if (Math.abs(luma(a) - luma(b)) > 0.35f) {
                return new float[][] {a, b};
            }
        }
    }

    static float luma(float[] c) {
        return Pixels.luma(c[0], c[1], c[2]);
    }

    static float power(float x, float exponent) {
        return (float) Math.pow(Math.max(x, 0), exponent);
    }

    /** Replaces a colour by the point between two colours. */
    static void blend(float[] colour, float[] a, float[] b, float t) {
        for (int c = 0; c < 3; c++) {
            colour[c] = a[c] + (b[c] - a[c]) * t;
        }
    }

    /** Replaces a colour by matrix x colour. @param m [3, 3] */
    static void multiply(float[] colour, float[][] m) {
        float r = colour[0];
        float g = colour[1];
        float b = colour[2];
        for (int c = 0; c < 3; c++) {
            colour[c] = m[c][0] * r + m[c][1] * g + m[c][2] * b;
        }
    }
}
