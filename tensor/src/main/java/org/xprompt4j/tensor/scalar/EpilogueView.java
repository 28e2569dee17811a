package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.Epilogue;

/**
 * What a product goes through before it is written: {@code residual + multiplier · activation(product + bias)}.
 *
 * @param bias [n], or null
 * @param multiplier [m, n], or null
 * @param residual [m, n], or null
 */
record EpilogueView(Activation activation, FloatView bias, FloatView multiplier, FloatView residual) {
    static EpilogueView of(Epilogue epilogue) {
        return new EpilogueView(epilogue.activation(), FloatView.of(epilogue.bias()), FloatView.of(epilogue.multiplier()),
                FloatView.of(epilogue.residual()));
    }

    /** The value to write for a product in this column and at this place of [m, n]. */
    double apply(double product, long column, long at) {
        double value = Unary.activate(activation, bias == null ? product : product + bias.get(column));
        value = multiplier == null ? value : value * multiplier.get(at);
        return residual == null ? value : value + residual.get(at);
    }
}
