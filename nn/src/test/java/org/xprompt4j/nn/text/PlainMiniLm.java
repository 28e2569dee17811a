package org.xprompt4j.nn.text;

import java.util.Map;

/** MiniLM as plain loops in float64, one text at a time: what the model must agree with. */
final class PlainMiniLm {
    private final MiniLmConfig config;
    private final Map<String, float[]> weights; // by full name

    PlainMiniLm(MiniLmConfig config, Map<String, float[]> weights) {
        this.config = config;
        this.weights = weights;
    }

    /** [hidden] of ids [seq]. */
    double[] embed(int[] ids) {
        int hidden = config.hidden();
        double[][] x = new double[ids.length][hidden]; // [seq, hidden]
        for (int i = 0; i < ids.length; i++) {
            for (int c = 0; c < hidden; c++) {
                x[i][c] = weights.get("embeddings.word_embeddings.weight")[ids[i] * hidden + c]
                        + (double) weights.get("embeddings.position_embeddings.weight")[i * hidden + c]
                        + weights.get("embeddings.token_type_embeddings.weight")[c];
            }
            norm(x[i], "embeddings.LayerNorm");
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            layer(x, "encoder.layer." + layer + ".");
        }
        double[] mean = new double[hidden];
        double squares = 0;
        for (int c = 0; c < hidden; c++) {
            for (double[] row : x) {
                mean[c] += row[c] / ids.length;
            }
            squares += mean[c] * mean[c];
        }
        for (int c = 0; c < hidden; c++) {
            mean[c] /= Math.sqrt(squares);
        }
        return mean;
    }

    private void layer(double[][] x, String at) {
        double[][] attended = attend(x, at + "attention.");
        for (int i = 0; i < x.length; i++) {
            double[] h = sum(linear(attended[i], at + "attention.output.dense"), x[i]);
            norm(h, at + "attention.output.LayerNorm");
            double[] inner = linear(h, at + "intermediate.dense");
            for (int c = 0; c < inner.length; c++) {
                inner[c] = inner[c] * below(inner[c]);
            }
            x[i] = sum(linear(inner, at + "output.dense"), h);
            norm(x[i], at + "output.LayerNorm");
        }
    }

    private double[][] attend(double[][] x, String at) {
        int size = config.hidden() / config.heads();
        double[][] out = new double[x.length][config.hidden()];
        for (int i = 0; i < x.length; i++) {
            double[] query = linear(x[i], at + "self.query");
            for (int head = 0; head < config.heads(); head++) {
                double total = 0;
                for (double[] other : x) {
                    double[] key = linear(other, at + "self.key");
                    double[] value = linear(other, at + "self.value");
                    double score = 0;
                    for (int c = head * size; c < (head + 1) * size; c++) {
                        score += query[c] * key[c];
                    }
                    double weight = Math.exp(score / Math.sqrt(size));
                    total += weight;
                    for (int c = head * size; c < (head + 1) * size; c++) {
                        out[i][c] += weight * value[c];
                    }
                }
                for (int c = head * size; c < (head + 1) * size; c++) {
                    out[i][c] /= total;
                }
            }
        }
        return out;
    }

    private double[] linear(double[] x, String name) {
        float[] weight = weights.get(name + ".weight"); // [out, in]
        float[] bias = weights.get(name + ".bias"); // [out]
        double[] out = new double[bias.length];
        for (int j = 0; j < out.length; j++) {
            out[j] = bias[j];
            for (int k = 0; k < x.length; k++) {
                out[j] += x[k] * weight[j * x.length + k];
            }
        }
        return out;
    }

    private void norm(double[] x, String name) {
        double mean = 0;
        for (double v : x) {
            mean += v / x.length;
        }
        double variance = 0;
        for (double v : x) {
            variance += (v - mean) * (v - mean) / x.length;
        }
        for (int c = 0; c < x.length; c++) {
            x[c] = (x[c] - mean) / Math.sqrt(variance + config.eps()) * weights.get(name + ".weight")[c] + weights.get(name + ".bias")[c];
        }
    }

    private static double[] sum(double[] a, double[] b) {
        double[] out = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            out[i] = a[i] + b[i];
        }
        return out;
    }

    /** Share of a normal distribution below x: Simpson's rule from 0. */
    private static double below(double x) {
        int steps = 400;
        double sum = 0;
        for (int i = 0; i <= steps; i++) {
            double at = x * i / steps;
            sum += (i == 0 || i == steps ? 1 : i % 2 == 0 ? 2 : 4) * Math.exp(-at * at / 2);
        }
        return 0.5 + sum * x / steps / 3 / Math.sqrt(2 * Math.PI);
    }
}
