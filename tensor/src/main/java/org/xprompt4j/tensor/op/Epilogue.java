package org.xprompt4j.tensor.op;

import org.xprompt4j.tensor.Tensor;

/**
 * What a matmul does to its product before it is written: {@code residual + multiplier · activation(product + bias)}.
 * Any operand may be null. SwiGLU in one pass is activation SILU with the up projection as multiplier.
 *
 * @param bias [n]
 * @param activation applied after the bias
 * @param multiplier [m, n]
 * @param residual [m, n]; may be the output itself
 */
public record Epilogue(Tensor bias, Activation activation, Tensor multiplier, Tensor residual) {
    /** The product as it is. */
    public static final Epilogue NONE = new Epilogue(null, Activation.NONE, null, null);

    /** Adds a bias [n]. */
    public static Epilogue bias(Tensor bias) {
        return new Epilogue(bias, Activation.NONE, null, null);
    }

    /** Adds a residual [m, n]. */
    public static Epilogue residual(Tensor residual) {
        return new Epilogue(null, Activation.NONE, null, residual);
    }

    /** silu(product) · up, the SwiGLU gate; up is [m, n]. */
    public static Epilogue swiGlu(Tensor up) {
        return new Epilogue(null, Activation.SILU, up, null);
    }

    /** True when the product is the result as it is. */
    public boolean isNone() {
        return bias == null && activation == Activation.NONE && multiplier == null && residual == null;
    }
}
