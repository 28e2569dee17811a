package org.xprompt4j.tensor.op;

/** The operations of {@link org.xprompt4j.tensor.Backend} that take activations, by the names of their methods. */
public enum Operation {
    /** {@code matmul} */
    MATMUL,
    /** {@code int8Matmul} */
    INT8_MATMUL,
    /** {@code embedding} */
    EMBEDDING,
    /** {@code embeddingBackward} */
    EMBEDDING_BACKWARD,
    /** {@code rmsNorm} */
    RMS_NORM,
    /** {@code rmsNormBackward} */
    RMS_NORM_BACKWARD,
    /** {@code layerNorm} */
    LAYER_NORM,
    /** {@code layerNormBackward} */
    LAYER_NORM_BACKWARD,
    /** {@code groupNorm} */
    GROUP_NORM,
    /** {@code groupNormBackward} */
    GROUP_NORM_BACKWARD,
    /** {@code qkNormRope} */
    QK_NORM_ROPE,
    /** {@code qkNormRopeBackward} */
    QK_NORM_ROPE_BACKWARD,
    /** {@code attention} */
    ATTENTION,
    /** {@code attentionBackward} */
    ATTENTION_BACKWARD,
    /** {@code cachedAttention} */
    CACHED_ATTENTION,
    /** {@code appendToCache} */
    APPEND_TO_CACHE,
    /** {@code swiGlu} */
    SWI_GLU,
    /** {@code swiGluBackward} */
    SWI_GLU_BACKWARD,
    /** {@code linearCrossEntropy} */
    LINEAR_CROSS_ENTROPY,
    /** {@code linearCrossEntropyBackward} */
    LINEAR_CROSS_ENTROPY_BACKWARD,
    /** {@code conv2d} */
    CONV2D,
    /** {@code conv2dBackward} */
    CONV2D_BACKWARD,
    /** {@code upsampleNearest} */
    UPSAMPLE_NEAREST,
    /** {@code upsampleNearestBackward} */
    UPSAMPLE_NEAREST_BACKWARD,
    /** {@code averagePool} */
    AVERAGE_POOL,
    /** {@code averagePoolBackward} */
    AVERAGE_POOL_BACKWARD,
    /** {@code nearestCode} */
    NEAREST_CODE,
    /** {@code unary} */
    UNARY,
    /** {@code unaryBackward} */
    UNARY_BACKWARD,
    /** {@code binary} */
    BINARY,
    /** {@code reduce} */
    REDUCE,
    /** {@code scale} */
    SCALE,
    /** {@code addScaled} */
    ADD_SCALED,
    /** {@code dropout} */
    DROPOUT
}
