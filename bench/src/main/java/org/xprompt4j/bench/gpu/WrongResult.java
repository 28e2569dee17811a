package org.xprompt4j.bench.gpu;

import java.util.Locale;

import org.xprompt4j.tensor.Tensor;

/** A result that is not the operation's: it is said, and nothing is timed. */
public final class WrongResult extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final double WORST = 8; // times the allowed error, for a single element

    /** @param message which result, how wrong */
    public WrongResult(String message) {
        super(message);
    }

    /** See {@link #requireClose(String, float[], float[], double)}. */
    public static void requireClose(String what, Tensor expected, Tensor measured, double bound) {
        requireClose(what, expected.toFloatArray(), measured.toFloatArray(), bound);
    }

    /**
     * Throws unless the error is at most {@code bound} times the size of the expected numbers, over all of them (in the Euclidean norm)
     * and, with a factor of 8, at every one of them. NaN is never close.
     */
    public static void requireClose(String what, float[] expected, float[] measured, double bound) {
        if (expected.length != measured.length || expected.length == 0) {
            throw new WrongResult(what + ": " + measured.length + " numbers, expected " + expected.length);
        }
        double size = 0;
        double error = 0;
        double worst = -1;
        int where = 0;
        for (int i = 0; i < expected.length; i++) {
            double off = (double) measured[i] - expected[i];
            size += (double) expected[i] * expected[i];
            error += off * off;
            if (!(Math.abs(off) <= worst)) {
                worst = Math.abs(off);
                where = i;
            }
            if (Double.isNaN(off)) {
                break;
            }
        }
        double typical = Math.sqrt(size / expected.length);
        if (!(Math.sqrt(error) <= bound * Math.sqrt(size)) || !(worst <= WORST * bound * typical)) {
            throw new WrongResult(String.format(Locale.ROOT,
                    "%s is wrong, so nothing is timed: error %.3g of the whole, allowed %.3g; worst at element %d of %d, which is %.9g, the reference says %.9g",
                    what, Math.sqrt(error / size), bound, where, expected.length, measured[where], expected[where]));
        }
    }

    /** Throws unless a number that may be near zero without being small, such as a logarithm, is as near as that. */
    public static void requireWithin(String what, double expected, double measured, double most) {
        if (!(Math.abs(measured - expected) <= most)) {
            throw new WrongResult(String.format(Locale.ROOT, "%s is wrong, so nothing is timed: it is %.9g, the reference says %.9g, %.3g is allowed",
                    what, measured, expected, most));
        }
    }

    /** Throws unless all whole numbers are equal. */
    public static void requireEqual(String what, int[] expected, int[] measured) {
        for (int i = 0; i < expected.length; i++) {
            if (expected[i] != measured[i]) {
                throw new WrongResult(what + " is wrong, so nothing is timed: element " + i + " of " + expected.length + " is " + measured[i]
                        + ", the reference says " + expected[i]);
            }
        }
    }
}
