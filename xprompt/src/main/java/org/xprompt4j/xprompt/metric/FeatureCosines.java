package org.xprompt4j.xprompt.metric;

/**
 * The paper's measures of an edit over feature vectors of pictures, each of length 1. Whose features they are belongs in the name of a
 * figure: {@code CLIPdir} and {@code CLIPim} are those of CLIP's alone.
 */
public final class FeatureCosines {
    private FeatureCosines() {
    }

    /**
     * Whether the answer went where the truth went: cos(answer - input, truth - input). 0 where one of them went nowhere, as a copy of the
     * input does.
     *
     * @param input [n]
     * @param answer [n]
     * @param truth [n]
     */
    public static double direction(float[] input, float[] answer, float[] truth) {
        return cosine(less(answer, input), less(truth, input));
    }

    /**
     * How near the answer is to the truth: cos(answer, truth).
     *
     * @param answer [n]
     * @param truth [n]
     */
    public static double similarity(float[] answer, float[] truth) {
        return cosine(answer, truth);
    }

    private static float[] less(float[] a, float[] b) {
        float[] out = new float[a.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = a[i] - b[i];
        }
        return out;
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return aa == 0 || bb == 0 ? 0 : dot / Math.sqrt(aa * bb);
    }
}
