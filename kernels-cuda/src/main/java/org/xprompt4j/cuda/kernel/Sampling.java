package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.SamplingSpec;

/** One token per row in one launch: {@code sample.cu}. */
public final class Sampling {
    private static final int WARP = 32;
    private static final int MOST_THREADS = 1024;
    private static final int MOST_TOKENS = 1 << 17; // masses of 2^46 each must stay below 2^63

    private Sampling() {
    }

    /** full, imageOnly, unconditional [rows, vocab], the last two may be null; streams, positions, tokens [rows]. */
    public static void forward(Kernels kernels, SamplingSpec spec, Tensor full, Tensor imageOnly, Tensor unconditional, Tensor streams,
            Tensor positions, Tensor tokens) {
        long rows = full.dim(0);
        int count = spec.allowedCount();
        if (spec.topP() < 1 && count > MOST_TOKENS) {
            throw new IllegalArgumentException("sample: top-p over " + count + " tokens, at most " + MOST_TOKENS + " on this device");
        }
        int threads = Math.min(MOST_THREADS, (count + WARP - 1) / WARP * WARP);
        try (MemoryScope scratch = kernels.scratch("sample")) {
            Tensor masses = spec.topP() < 1 && spec.temperature() > 0 ? scratch.allocate(DType.I64, rows, count) : null;
            kernels.launch("sample", "sample").in(full).in(imageOnly).in(unconditional).i64(full.dim(1)).i32(spec.firstAllowed()).i32(count)
                    .f32(spec.imageScale()).f32(spec.fullScale()).f32(spec.temperature()).i32(spec.topK()).f64(spec.topP()).i64(spec.seed()).in(streams)
                    .in(positions).out(masses).out(tokens).fault("sample: a row has no allowed logit above -infinity (or it is not a number); row")
                    .run(LaunchShape.of(rows, threads));
        }
    }
}
