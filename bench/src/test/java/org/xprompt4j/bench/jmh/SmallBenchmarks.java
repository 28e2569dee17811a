package org.xprompt4j.bench.jmh;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.openjdk.jmh.annotations.Benchmark;

/** Every benchmark at sizes that a test can afford and that fill no tile evenly. */
enum SmallBenchmarks {
    MATMUL_NN(MatmulBenchmark.class, Map.of("shape", "67x53x41 NN"), "matmul", 4),
    MATMUL_NT(MatmulBenchmark.class, Map.of("shape", "67x53x41 NT"), "matmul", 4),
    MATMUL_TN(MatmulBenchmark.class, Map.of("shape", "67x53x41 TN"), "matmul", 4),
    ATTENTION_CAUSAL(AttentionBenchmark.class, Map.of("tokens", "131", "heads", "3x24", "mask", "causal"), "attention", 4),
    ATTENTION_XPROMPT(AttentionBenchmark.class, Map.of("tokens", "131", "heads", "3x24", "mask", "xprompt"), "attentionBackward", 8),
    CACHED_ATTENTION(CachedAttentionBenchmark.class, Map.of("shape", "3x131x3x24", "cache", "F32"), "cachedAttention", 5),
    CACHED_ATTENTION_BF16(CachedAttentionBenchmark.class, Map.of("shape", "3x131x3x30", "cache", "BF16"), "cachedAttention", 5),
    NEAREST_CODE(NearestCodeBenchmark.class, Map.of("shape", "37x531x24"), "nearestCode", 2),
    SAMPLE_GREEDY(SampleBenchmark.class, Map.of("shape", "3x2051", "kind", "greedy"), "sample", 6),
    SAMPLE_NOISE(SampleBenchmark.class, Map.of("shape", "3x2051", "kind", "noise"), "sample", 6),
    SAMPLE_TOP(SampleBenchmark.class, Map.of("shape", "3x2051", "kind", "top"), "sample", 6),
    RMS_NORM(RmsNormBenchmark.class, Map.of("shape", "131x387"), "rmsNorm", 3),
    LAYER_NORM(LayerNormBenchmark.class, Map.of("shape", "131x387"), "layerNormBackward", 5),
    QK_NORM_ROPE(QkNormRopeBenchmark.class, Map.of("shape", "131x3x62"), "qkNormRope", 5),
    GROUP_NORM(GroupNormBenchmark.class, Map.of("shape", "2x23x48"), "groupNorm", 4),
    LINEAR_CROSS_ENTROPY(LinearCrossEntropyBenchmark.class, Map.of("shape", "37x131x29"), "linearCrossEntropyBackward", 7),
    CONV2D(Conv2dBenchmark.class, Map.of("shape", "2x11x5x13"), "conv2d", 5),
    TRAIN_STEP(TrainStepBenchmark.class, Map.of("size", "small"), "swiGluBackward", 3),
    DECODE_STEP(DecodeStepBenchmark.class, Map.of("size", "small", "weights", "F32"), "cachedAttention", 5),
    DECODE_STEP_BF16(DecodeStepBenchmark.class, Map.of("size", "small", "weights", "BF16"), "matmul", 4),
    DECODE_STEP_I8(DecodeStepBenchmark.class, Map.of("size", "small", "weights", "I8"), "int8Matmul", 4);

    private final Class<? extends OperationBenchmark> type;
    private final Map<String, String> parameters;
    /** A method of the backend that this benchmark must not do without. */
    final String kernel;
    /** Which argument of that method is a result. */
    final int result;

    SmallBenchmarks(Class<? extends OperationBenchmark> type, Map<String, String> parameters, String kernel, int result) {
        this.type = type;
        this.parameters = parameters;
        this.kernel = kernel;
        this.result = result;
    }

    /** A new one, not set up. */
    OperationBenchmark make() {
        return Benchmarks.with(type, parameters);
    }

    /** Its measured methods. */
    List<Method> methods() {
        return Arrays.stream(type.getMethods()).filter(method -> method.isAnnotationPresent(Benchmark.class)).toList();
    }
}
