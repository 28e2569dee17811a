package org.xprompt4j.nn;

import java.util.function.Predicate;

import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.QkNormRopeSpec;

/**
 * Chameleon's norm of queries or keys with the rotary embedding behind it: a LayerNorm (mean removed, weight and bias) over the
 * numbers of each head (Chameleon paper, section 2.2).
 *
 * <p>Public checkpoints hold {@code weight} and {@code bias} as [headDim], one set for all heads, as [groups, headDim], or as
 * [heads, headDim]. All are accepted as they are: head h uses row h / (heads/groups), so heads of one group stay tied in training.
 */
public final class QkNorm extends Module {
    /** Epsilon of the norm, which is not the one of the config. */
    public static final float EPS = 1e-5f;

    private final Parameter weight; // [heads, headDim], [groups, headDim] or [headDim]
    private final Parameter bias; // likewise
    private final QkNormRopeSpec spec;

    /** Declares weight and bias, [heads, headDim]. */
    public QkNorm(int heads, int headDim, float ropeTheta) {
        Shape shape = Shape.of(heads, headDim);
        Predicate<Shape> fits = s -> s.rank() == 1 && s.dim(0) == headDim
                || s.rank() == 2 && s.dim(1) == headDim && s.dim(0) > 0 && heads % s.dim(0) == 0;
        weight = parameter("weight", new Parameter(shape, false, Initialisation.ones(), fits));
        bias = parameter("bias", new Parameter(shape, false, Initialisation.zeros(), fits));
        spec = new QkNormRopeSpec(EPS, ropeTheta);
    }

    /** x [batch, seq, heads, headDim] with positions [batch, seq] I32. */
    public Tensor forward(Ops ops, Tensor x, Tensor positions) {
        return ops.qkNormRope(spec, x, grouped(ops, weight), grouped(ops, bias), positions);
    }

    private static Tensor grouped(Ops ops, Parameter parameter) {
        Tensor value = parameter.value();
        return value.rank() == 2 ? value : ops.reshape(value, 1, value.dim(0));
    }
}
