package org.xprompt4j.vqvae.training;

import java.util.Arrays;

/** Mean and main directions of a set of vectors, by Jacobi's method on their covariance in float64. */
final class PrincipalComponents {
    private static final int SWEEPS = 60;
    private static final double CONVERGED = 1e-22; // share of the squares off the diagonal

    private final double[] mean; // [size]
    private final double[] variances; // [size], descending
    private final double[][] directions; // [size][size], row i belongs to variance i

    private PrincipalComponents(double[] mean, double[] variances, double[][] directions) {
        this.mean = mean;
        this.variances = variances;
        this.directions = directions;
    }

    /** Of rows [n, size]. */
    static PrincipalComponents of(float[] rows, int size) {
        int n = rows.length / size;
        double[] mean = new double[size];
        for (int i = 0; i < rows.length; i++) {
            mean[i % size] += rows[i] / (double) n;
        }
        double[][] covariance = new double[size][size];
        double[] centred = new double[size];
        for (int row = 0; row < n; row++) {
            for (int i = 0; i < size; i++) {
                centred[i] = rows[row * size + i] - mean[i];
            }
            for (int i = 0; i < size; i++) {
                for (int j = 0; j <= i; j++) {
                    covariance[i][j] += centred[i] * centred[j] / n;
                }
            }
        }
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < i; j++) {
                covariance[j][i] = covariance[i][j];
            }
        }
        return eigen(mean, covariance);
    }

    private static PrincipalComponents eigen(double[] mean, double[][] a) {
        int size = a.length;
        double[][] vectors = new double[size][size]; // columns
        for (int i = 0; i < size; i++) {
            vectors[i][i] = 1;
        }
        for (int sweep = 0; sweep < SWEEPS && offDiagonal(a) > CONVERGED; sweep++) {
            for (int p = 0; p < size; p++) {
                for (int q = p + 1; q < size; q++) {
                    rotate(a, vectors, p, q);
                }
            }
        }
        Integer[] order = new Integer[size];
        for (int i = 0; i < size; i++) {
            order[i] = i;
        }
        Arrays.sort(order, (i, j) -> Double.compare(a[j][j], a[i][i]));
        double[] variances = new double[size];
        double[][] directions = new double[size][size];
        for (int i = 0; i < size; i++) {
            variances[i] = Math.max(0, a[order[i]][order[i]]);
            for (int j = 0; j < size; j++) {
                directions[i][j] = vectors[j][order[i]];
            }
        }
        return new PrincipalComponents(mean, variances, directions);
    }

    private static double offDiagonal(double[][] a) {
        double off = 0;
        double all = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a.length; j++) {
                all += a[i][j] * a[i][j];
                off += i == j ? 0 : a[i][j] * a[i][j];
            }
        }
        return all == 0 ? 0 : off / all;
    }

    /** Makes a[p][q] zero by a rotation of axes p and q. */
    private static void rotate(double[][] a, double[][] vectors, int p, int q) {
        if (a[p][q] == 0) {
            return;
        }
        double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        double c = 1 / Math.sqrt(t * t + 1);
        double s = t * c;
        for (int k = 0; k < a.length; k++) {
            double kp = a[k][p];
            double kq = a[k][q];
            a[k][p] = c * kp - s * kq;
            a[k][q] = s * kp + c * kq;
        }
        for (int k = 0; k < a.length; k++) {
            double pk = a[p][k];
            double qk = a[q][k];
            a[p][k] = c * pk - s * qk;
            a[q][k] = s * pk + c * qk;
            double vp = vectors[k][p];
            double vq = vectors[k][q];
            vectors[k][p] = c * vp - s * vq;
            vectors[k][q] = s * vp + c * vq;
        }
    }

    /** [size] */
    double[] mean() {
        return mean;
    }

    /** Variance along direction i, descending in i. */
    double variance(int i) {
        return variances[i];
    }

    /** Direction i, of length 1: [size]. */
    double[] direction(int i) {
        return directions[i];
    }
}
