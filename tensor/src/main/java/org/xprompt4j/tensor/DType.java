package org.xprompt4j.tensor;

/** Element types. Names are those of the safetensors format. */
public enum DType {
    /** IEEE 754 single precision. */
    F32(4),
    /** The upper half of a float32: 8 exponent bits, 7 fraction bits. */
    BF16(2),
    /** IEEE 754 half precision. */
    F16(2),
    /** Signed 32-bit integer; token ids, codes and positions. */
    I32(4),
    /** Signed 64-bit integer. */
    I64(8),
    /** Unsigned byte; pixels and boolean masks. */
    U8(1),
    /** Signed byte; quantised weights, beside which their scales stand. */
    I8(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** True for F32, BF16 and F16. */
    public boolean isFloating() {
        return this == F32 || this == BF16 || this == F16;
    }
}
