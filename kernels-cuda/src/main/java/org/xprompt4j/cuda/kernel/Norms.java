package org.xprompt4j.cuda.kernel;

import java.util.Locale;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;

/** What the norms share: the size of a block for a row, and the names of entries by element type. */
final class Norms {
    private static final int WARP = 32;
    private static final int MOST_THREADS = 256;

    private Norms() {
    }

    /** Whole warps for a row, at most 256 threads. */
    static int threads(long dim) {
        return (int) Math.min(MOST_THREADS, (dim + WARP - 1) / WARP * WARP);
    }

    /** How kernels are told the element type: 1 for bf16, 0 for float. */
    static int flag(Tensor x) {
        return x.dtype() == DType.BF16 ? 1 : 0;
    }

    /** "f32" or "bf16", as entries are named. */
    static String suffix(DType type) {
        return type == DType.BF16 ? "bf16" : "f32";
    }

    /** A constant's name as entries are named. */
    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
