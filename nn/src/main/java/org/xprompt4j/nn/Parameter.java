package org.xprompt4j.nn;

import java.util.function.Predicate;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;

/**
 * A trainable tensor. It is declared by its shape alone and gets memory later: {@link Module#initialise} for a new model,
 * {@link #bind} for weights that lie somewhere already, such as a mapped file. The gradient exists only in training.
 */
public final class Parameter {
    private final Predicate<Shape> accepts;
    private final Initialisation initialisation;
    private final boolean decays;
    private boolean quantisable;
    private Shape shape;
    private Tensor value; // [shape], F32 or BF16; I8 when quantised
    private Tensor scales; // [shape[0]], F32; null unless quantised
    private Tensor gradient; // [shape], F32; null when frozen or in inference

    /** A parameter of one shape; {@code decays} is true for matrices, which weight decay pulls to zero. */
    public Parameter(Shape shape, boolean decays, Initialisation initialisation) {
        this(shape, decays, initialisation, shape::equals);
    }

    /** A parameter that files may also hold in other shapes. */
    public Parameter(Shape shape, boolean decays, Initialisation initialisation, Predicate<Shape> accepts) {
        this.shape = shape;
        this.decays = decays;
        this.initialisation = initialisation;
        this.accepts = accepts;
    }

    /** The shape of the value; before {@link #bind} the one that was declared. */
    public Shape shape() {
        return shape;
    }

    /** True when a file may hold this parameter in that shape. */
    public boolean accepts(Shape candidate) {
        return accepts.test(candidate);
    }

    /** True when weight decay applies (matrices: projections, embeddings, heads). */
    public boolean decays() {
        return decays;
    }

    /** Allows eight bits for this matrix: the layer that owns it multiplies by the scales. */
    public Parameter quantisable() {
        quantisable = true;
        return this;
    }

    /** True when the matrix may be quantised: weights of linear layers; tables and norms are not. */
    public boolean isQuantisable() {
        return quantisable;
    }

    /** How a new model draws it. */
    public Initialisation initialisation() {
        return initialisation;
    }

    /** True once it has a value. */
    public boolean isBound() {
        return value != null;
    }

    /** The weights, [shape]; of a quantised parameter whole numbers, to be multiplied by {@link #scales}. */
    public Tensor value() {
        if (value == null) {
            throw new IllegalStateException("parameter of shape " + shape + " has no memory yet; initialise or load the model first");
        }
        return value;
    }

    /** One scale for each row of a quantised matrix, [rows] F32; null for a parameter that is not quantised. */
    public Tensor scales() {
        return scales;
    }

    /** The gradient, [shape] F32; null when the parameter is frozen or the model does not train. */
    public Tensor gradient() {
        return gradient;
    }

    /** Uses this tensor as the weights; a gradient of before is dropped. */
    public void bind(Tensor weights) {
        if (!accepts.test(weights.shape())) {
            throw new IllegalArgumentException("weights " + weights + " do not fit a parameter of shape " + shape);
        }
        shape = weights.shape();
        value = weights;
        scales = null;
        gradient = null;
    }

    /** Uses this quantised matrix as the weights: inference only. */
    public void bind(QuantisedMatrix weights) {
        bind(weights.values());
        scales = weights.scales();
    }

    /** Uses this memory, [shape] F32, for the gradient. */
    void useGradient(Tensor memory) {
        if (value().dtype() != DType.F32) {
            throw new IllegalStateException("weights of type " + value.dtype() + " cannot be trained; load the model as F32");
        }
        gradient = memory;
    }

    /** Stops training this parameter: it is no longer watched or stepped. */
    public void freeze() {
        gradient = null;
    }
}
