package org.xprompt4j.xprompt.reproduce;

import org.xprompt4j.nn.AdamW;
import org.xprompt4j.tensor.file.Json;

/**
 * The field {@code train} of {@code meta.json}: one AdamW step for each learning rate, on the same batch.
 *
 * @param rates [steps]
 * @param clip largest gradient norm
 */
record TrainingRecipe(float[] rates, double clip, AdamW.Settings settings) {
    private static final int MAX_STEPS = 100_000;

    static TrainingRecipe read(Json train) {
        Json lrs = train.get("lrs");
        double[] wide = lrs.asDoubles();
        if (wide.length > MAX_STEPS) {
            throw lrs.fault("must hold at most " + MAX_STEPS + " rates, holds " + wide.length);
        }
        float[] rates = new float[wide.length];
        for (int i = 0; i < wide.length; i++) {
            rates[i] = (float) wide[i];
            if (!(wide[i] >= 0) || Float.isInfinite(rates[i])) {
                throw lrs.elements().get(i).fault("must be a learning rate of at least 0, is " + wide[i]);
            }
        }
        Json betas = train.get("betas");
        double[] both = betas.asDoubles();
        if (both.length != 2 || !isBeta(both[0]) || !isBeta(both[1])) {
            throw betas.fault("must be two numbers from 0 to below 1, is " + betas);
        }
        Json eps = train.get("eps");
        if (!((float) eps.asDouble() > 0)) {
            throw eps.fault("must be above 0, is " + eps);
        }
        return new TrainingRecipe(rates, notNegative(train, "clip"), new AdamW.Settings((float) both[0], (float) both[1],
                (float) eps.asDouble(), (float) notNegative(train, "weight_decay_matrices"), (float) notNegative(train, "weight_decay_other")));
    }

    private static boolean isBeta(double beta) {
        return beta >= 0 && (float) beta < 1;
    }

    private static double notNegative(Json train, String field) {
        double value = train.number(field);
        if (value < 0) {
            throw train.get(field).fault("must be at least 0, is " + value);
        }
        return value;
    }
}
