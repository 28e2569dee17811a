package org.xprompt4j.cuda.kernel;

import org.xprompt4j.tensor.InvalidInput;

/** In what precision a device multiplies matrices. Sums, norms, softmax and the weights themselves are float in both. */
public enum Precision {
    /** Float products: the same results as the CPU within rounding, the same tokens from the same seed. */
    F32,
    /** Operands rounded to bf16, on the tensor cores: for training and for long prompts. */
    BF16;

    /** The setting of {@code -Dxprompt4j.cuda.precision=f32|bf16}; f32 when it is not set. */
    public static Precision fromProperties() {
        String value = System.getProperty("xprompt4j.cuda.precision", "f32");
        return switch (value) {
            case "f32" -> F32;
            case "bf16" -> BF16;
            default -> throw new InvalidInput("-Dxprompt4j.cuda.precision=" + value + " is not known; use f32 or bf16");
        };
    }
}
