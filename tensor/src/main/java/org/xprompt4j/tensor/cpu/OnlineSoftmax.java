package org.xprompt4j.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Softmax over keys that arrive tile by tile (Milakov and Gimelshein, 2018). Scores lie [keys, queries], a query in a lane, so
 * maxima and sums over keys need no step across lanes.
 */
final class OnlineSoftmax {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final int Q = AttentionTiles.QUERIES;
    private static final int WIDTH = AttentionKernels.WIDTH;
    /** Below every score, yet finite: the difference of two is a number. */
    private static final float LOWEST = -1e30f;

    // Rows of the state [ROWS, Q].
    /** Largest score so far. */
    static final int MAX = 0;
    /** Sum of exp(score - max). */
    static final int SUM = Q;
    /** By how much the sums before this tile shrink. */
    static final int SHRINK = 2 * Q;
    /** Sum over the keys of this tile. */
    private static final int TILE_SUM = 3 * Q;
    /** Size of the state. */
    static final int STATE = 4 * Q;

    private OnlineSoftmax() {
    }

    /** The state before the first tile. */
    static void start(float[] state) {
        for (int q = 0; q < Q; q += L) {
            FloatVector.broadcast(F, LOWEST).intoArray(state, MAX + q);
            FloatVector.zero(F).intoArray(state, SUM + q);
            FloatVector.zero(F).intoArray(state, SHRINK + q);
        }
    }

    /** Sets the scores of keys that a query of a panel does not see to minus infinity: it sees {@code visible[q] - before}. */
    static void mask(float[] scores, int panel, int keys, float[] visible, int visibleAt, int before) {
        for (int q = panel; q < panel + WIDTH; q += L) {
            FloatVector sees = FloatVector.fromArray(F, visible, visibleAt + q).sub(before);
            for (int k = 0; k < keys; k++) {
                FloatVector s = FloatVector.fromArray(F, scores, k * Q + q);
                s.blend(Float.NEGATIVE_INFINITY, sees.compare(VectorOperators.LE, (float) k)).intoArray(scores, k * Q + q);
            }
        }
    }

    /** Turns a panel's scores of some keys into exp(score - max) under the new maximum and brings its state up to date. */
    static void update(float[] scores, int panel, int keys, float[] state) {
        for (int q = panel; q < panel + WIDTH; q += L) {
            raiseMaximum(scores, keys, q, state);
            VectorMath.expOfColumn(scores, q, keys, Q, state, MAX + q, state, TILE_SUM + q);
        }
        VectorMath.exp(state, SHRINK + panel, state, SHRINK + panel, WIDTH);
        for (int q = panel; q < panel + WIDTH; q += L) {
            FloatVector.fromArray(F, state, SUM + q).fma(FloatVector.fromArray(F, state, SHRINK + q), FloatVector.fromArray(F, state, TILE_SUM + q))
                    .intoArray(state, SUM + q);
        }
    }

    /** MAX becomes the largest score so far, SHRINK the old one minus the new. */
    private static void raiseMaximum(float[] scores, int keys, int q, float[] state) {
        FloatVector before = FloatVector.fromArray(F, state, MAX + q);
        FloatVector a = before;
        FloatVector b = before;
        int k = 0;
        for (; k < keys - 1; k += 2) {
            FloatVector s = FloatVector.fromArray(F, scores, k * Q + q);
            FloatVector t = FloatVector.fromArray(F, scores, k * Q + Q + q);
            a = a.blend(s, s.compare(VectorOperators.GT, a));
            b = b.blend(t, t.compare(VectorOperators.GT, b));
        }
        if (k < keys) {
            FloatVector s = FloatVector.fromArray(F, scores, k * Q + q);
            a = a.blend(s, s.compare(VectorOperators.GT, a));
        }
        a = a.blend(b, b.compare(VectorOperators.GT, a));
        before.sub(a).intoArray(state, SHRINK + q);
        a.intoArray(state, MAX + q);
    }
}
