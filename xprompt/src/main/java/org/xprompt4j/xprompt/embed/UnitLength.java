package org.xprompt4j.xprompt.embed;

/** Vectors of length 1, whose products are cosines. */
final class UnitLength {
    private UnitLength() {
    }

    /** The vector itself, scaled in place to length 1; one of zeros stays as it is. */
    static float[] of(float[] vector) {
        double squares = squares(vector);
        if (squares > 0) {
            float scale = (float) (1 / Math.sqrt(squares));
            for (int i = 0; i < vector.length; i++) {
                vector[i] *= scale;
            }
        }
        return vector;
    }

    /** Sum of the squares. */
    static double squares(float[] vector) {
        double sum = 0;
        for (float v : vector) {
            sum += (double) v * v;
        }
        return sum;
    }
}
