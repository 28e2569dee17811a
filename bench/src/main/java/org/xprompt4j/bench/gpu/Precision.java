package org.xprompt4j.bench.gpu;

import java.util.Locale;

import org.xprompt4j.tensor.DType;

/** In what the device multiplies matrices while a work is measured: a setting of the backend that is made when it is opened. */
public enum Precision {
    /** Float products. */
    F32(5e-5),
    /** Operands rounded to bf16, on the tensor cores. */
    BF16(1e-2);

    private final double bound;

    Precision(double bound) {
        this.bound = bound;
    }

    /** Allowed error of a result, ‖result - reference‖ over ‖reference‖. */
    public double bound() {
        return bound;
    }

    /** Of operands that hold what is multiplied. */
    public DType type() {
        return this == BF16 ? DType.BF16 : DType.F32;
    }

    /** As the backend's property and the report name it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
