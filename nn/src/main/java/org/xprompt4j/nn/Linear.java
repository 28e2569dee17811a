package org.xprompt4j.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;
import org.xprompt4j.tensor.op.Projection;

/** y = x · Wᵀ + b. Input [..., in], output [..., out]; {@code weight} [out, in], quantised or not, {@code bias} [out] or none. */
public final class Linear extends Module {
    private final Parameter weight; // [out, in]
    private final Parameter bias; // [out], null for none

    /** Declares weight [out, in] and, if wanted, bias [out]. */
    public Linear(int in, int out, boolean withBias, Initialisation initialisation) {
        weight = matrix("weight", initialisation, out, in).quantisable();
        bias = withBias ? vector("bias", Initialisation.zeros(), out) : null;
    }

    /** [..., in] to [..., out]. */
    public Tensor forward(Ops ops, Tensor x) {
        return forward(ops, x, null);
    }

    /** [..., in] to [..., out], plus a residual [..., out] in the same pass over memory; null for none. */
    public Tensor forward(Ops ops, Tensor x, Tensor residual) {
        if (weight.scales() != null) {
            return project(ops, x, Activation.NONE, null, residual);
        }
        return ops.linear(x, weight.value(), biasValue(), residual);
    }

    /**
     * The results of several layers for one input, as {@link #forward} gives each; without gradients in one operation, so that a device can
     * read all their weights at once.
     *
     * @param x [..., in]
     * @return a tensor [..., out] for each layer
     */
    public static List<Tensor> forwardAll(Ops ops, Tensor x, Linear... layers) {
        if (ops.isTraining()) {
            return Arrays.stream(layers).map(layer -> layer.forward(ops, x)).toList();
        }
        List<Tensor> results = new ArrayList<>();
        List<Projection> projections = new ArrayList<>();
        for (Linear layer : layers) {
            Tensor y = layer.result(ops, x, x.dtype());
            results.add(y);
            projections.add(new Projection(layer.weight.value(), layer.weight.scales(), Epilogue.bias(layer.biasValue()), y.reshape(-1, y.dim(-1))));
        }
        ops.backend().projections(x.reshape(-1, x.dim(-1)), projections);
        return results;
    }

    /** [..., in] to [..., out] in F32, whatever the activations are: logits. */
    public Tensor forwardToF32(Ops ops, Tensor x) {
        return weight.scales() == null ? ops.linearToF32(x, weight.value(), biasValue()) : project(ops, x, Activation.NONE, null, null, DType.F32);
    }

    /**
     * residual + multiplier · activation(x · Wᵀ + b) in one pass over memory, with weights of any type; records no gradients.
     *
     * @param x [..., in]
     * @param multiplier [..., out]; null for none
     * @param residual [..., out]; null for none
     * @return [..., out]
     */
    public Tensor project(Ops ops, Tensor x, Activation activation, Tensor multiplier, Tensor residual) {
        return project(ops, x, activation, multiplier, residual, x.dtype());
    }

    private Tensor project(Ops ops, Tensor x, Activation activation, Tensor multiplier, Tensor residual, DType result) {
        if (ops.isTraining()) {
            throw new IllegalStateException("a quantised or fused projection keeps nothing for gradients; train with F32 weights");
        }
        long in = weight.shape().dim(1);
        long out = weight.shape().dim(0);
        Tensor y = result(ops, x, result);
        Epilogue epilogue = new Epilogue(biasValue(), activation, rows(multiplier, out), rows(residual, out));
        if (weight.scales() == null) {
            ops.backend().matmul(MatmulSpec.NT, x.reshape(-1, in), weight.value(), epilogue, y.reshape(-1, out));
        } else {
            ops.backend().int8Matmul(x.reshape(-1, in), weight.value(), weight.scales(), epilogue, y.reshape(-1, out));
        }
        return y;
    }

    /** Memory for a result [..., out] of x [..., in]. */
    private Tensor result(Ops ops, Tensor x, DType type) {
        if (x.dim(-1) != weight.shape().dim(1)) {
            throw new IllegalArgumentException("linear: input " + x + " does not fit weight " + weight.value());
        }
        long[] dims = x.shape().toArray();
        dims[dims.length - 1] = weight.shape().dim(0);
        return ops.scope().allocate(type, dims);
    }

    private static Tensor rows(Tensor x, long width) {
        return x == null ? null : x.reshape(-1, width);
    }

    /** The weight, [out, in]. */
    public Parameter weight() {
        return weight;
    }

    /** The bias or null. */
    public Tensor biasValue() {
        return bias == null ? null : bias.value();
    }
}
