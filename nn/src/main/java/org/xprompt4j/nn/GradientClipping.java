package org.xprompt4j.nn;

import org.xprompt4j.tensor.Backend;

/** Clipping by one norm over the gradients of all parameters, summed in float64. */
public final class GradientClipping {
    private GradientClipping() {
    }

    /** The Euclidean norm of all gradients together. */
    public static double norm(Backend backend, Module module) {
        double[] sum = new double[1];
        module.forEachParameter((name, parameter) -> {
            if (parameter.gradient() != null) {
                sum[0] += backend.sumOfSquares(parameter.gradient());
            }
        });
        return Math.sqrt(sum[0]);
    }

    /** The factor for all gradients: min(1, maximum / (norm + 1e-6)); a maximum of 0 clips nothing. */
    public static float scale(double norm, double maximum) {
        return maximum <= 0 ? 1 : (float) Math.min(1, maximum / (norm + 1e-6));
    }
}
