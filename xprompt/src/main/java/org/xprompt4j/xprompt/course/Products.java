package org.xprompt4j.xprompt.course;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** c = a · b for square matrices [n, n] in row-major arrays: the rungs of chapter 3. Loaded only where the vector module is. */
final class Products {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int L = F.length();
    /** Sizes must be multiples of this. */
    static final int MULTIPLE = Math.max(64, 2 * L);
    private static final int BLOCK = 64;
    private static final int DEPTH = 256; // of a packed panel: 256 x 2 vectors stay in the first-level cache
    private static final int ROWS = 4;

    private Products() {
    }

    // [naive]
    static void naive(int n, float[] a, float[] b, float[] c) {
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                float sum = 0;
                for (int k = 0; k < n; k++) {
                    sum += a[i * n + k] * b[k * n + j];     // b: down a column, another cache line at each step
                }
                c[i * n + j] = sum;
            }
        }
    }
    // [end]

    // [ikj]
    static void rowsOfB(int n, float[] a, float[] b, float[] c) {
        Arrays.fill(c, 0, n * n, 0);
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < n; k++) {
                addScaled(n, a[i * n + k], b, k * n, c, i * n);   // c[i, :] += a[i, k] · b[k, :]
            }
        }
    }
    // [end]

    private static void addScaled(int n, float factor, float[] x, int xAt, float[] y, int yAt) {
        for (int j = 0; j < n; j++) {
            y[yAt + j] += factor * x[xAt + j];
        }
    }

    /** As {@link #rowsOfB}, in blocks of 64 x 64 of b, which stay in the cache while all rows of a pass by. */
    static void blocked(int n, float[] a, float[] b, float[] c) {
        Arrays.fill(c, 0, n * n, 0);
        for (int k0 = 0; k0 < n; k0 += BLOCK) {
            for (int j0 = 0; j0 < n; j0 += BLOCK) {
                for (int i = 0; i < n; i++) {
                    for (int k = k0; k < k0 + BLOCK; k++) {
                        addScaled(BLOCK, a[i * n + k], b, k * n + j0, c, i * n + j0);
                    }
                }
            }
        }
    }

    // [tile]
    /** One tile of c, 4 rows by 2 vectors, kept in 8 registers over the whole depth. */
    static void tile(int depth, float[] a, int aAt, int aRow, float[] b, int bAt, int bRow, float[] c, int cAt, int cRow, boolean add) {
        FloatVector c00 = FloatVector.zero(F), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bAt + k * bRow);          // 2 loads ...
            FloatVector b1 = FloatVector.fromArray(F, b, bAt + k * bRow + L);
            FloatVector a0 = FloatVector.broadcast(F, a[aAt + k]);                 // ... and 4 broadcasts ...
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            FloatVector a1 = FloatVector.broadcast(F, a[aAt + aRow + k]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            FloatVector a2 = FloatVector.broadcast(F, a[aAt + 2 * aRow + k]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            FloatVector a3 = FloatVector.broadcast(F, a[aAt + 3 * aRow + k]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);                                                 // ... serve 8 multiply-adds
        }
        // [end]
        store(c00, c01, c, cAt, add);
        store(c10, c11, c, cAt + cRow, add);
        store(c20, c21, c, cAt + 2 * cRow, add);
        store(c30, c31, c, cAt + 3 * cRow, add);
    }

    private static void store(FloatVector left, FloatVector right, float[] c, int at, boolean add) {
        FloatVector l = add ? left.add(FloatVector.fromArray(F, c, at)) : left;
        FloatVector r = add ? right.add(FloatVector.fromArray(F, c, at + L)) : right;
        l.intoArray(c, at);
        r.intoArray(c, at + L);
    }

    /** Tiles over the matrices where they lie. */
    static void tiled(int n, float[] a, float[] b, float[] c) {
        for (int j = 0; j < n; j += 2 * L) {
            for (int i = 0; i < n; i += ROWS) {
                tile(n, a, i * n, n, b, j, n, c, i * n + j, n, false);
            }
        }
    }

    // [packed]
    static void packed(int n, float[] a, float[] b, float[] c) {
        float[] panel = new float[DEPTH * 2 * L];                      // [depth, 2 vectors] of b, row after row
        for (int k0 = 0; k0 < n; k0 += DEPTH) {
            int depth = Math.min(DEPTH, n - k0);
            for (int j = 0; j < n; j += 2 * L) {
                for (int k = 0; k < depth; k++) {
                    System.arraycopy(b, (k0 + k) * n + j, panel, k * 2 * L, 2 * L);
                }
                for (int i = 0; i < n; i += ROWS) {                    // the panel stays in the first-level cache for all rows
                    tile(depth, a, i * n + k0, n, panel, 0, 2 * L, c, i * n + j, n, k0 > 0);
                }
            }
        }
    }
    // [end]
}
