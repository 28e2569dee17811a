package org.xprompt4j.cuda;

import java.util.Locale;

import org.xprompt4j.cuda.driver.CudaDriver;
import org.xprompt4j.cuda.driver.DeviceProperties;
import org.xprompt4j.cuda.kernel.AdamW;
import org.xprompt4j.cuda.kernel.Advance;
import org.xprompt4j.cuda.kernel.AppendToCache;
import org.xprompt4j.cuda.kernel.Attention;
import org.xprompt4j.cuda.kernel.CachedAttention;
import org.xprompt4j.cuda.kernel.Conv2d;
import org.xprompt4j.cuda.kernel.Copy;
import org.xprompt4j.cuda.kernel.Elementwise;
import org.xprompt4j.cuda.kernel.Embedding;
import org.xprompt4j.cuda.kernel.GradientNorm;
import org.xprompt4j.cuda.kernel.GroupNorm;
import org.xprompt4j.cuda.kernel.Kernels;
import org.xprompt4j.cuda.kernel.LayerNorm;
import org.xprompt4j.cuda.kernel.LinearCrossEntropy;
import org.xprompt4j.cuda.kernel.Matmul;
import org.xprompt4j.cuda.kernel.Muon;
import org.xprompt4j.cuda.kernel.NearestCode;
import org.xprompt4j.cuda.kernel.Precision;
import org.xprompt4j.cuda.kernel.QkNormRope;
import org.xprompt4j.cuda.kernel.Reduce;
import org.xprompt4j.cuda.kernel.Resample;
import org.xprompt4j.cuda.kernel.RmsNorm;
import org.xprompt4j.cuda.kernel.Sampling;
import org.xprompt4j.cuda.kernel.SwiGlu;
import org.xprompt4j.cuda.memory.DeviceStorage;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.MemoryPool;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.StepProgram;
import org.xprompt4j.tensor.Storage;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AdamWSpec;
import org.xprompt4j.tensor.op.AttentionSpec;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.Conv2dSpec;
import org.xprompt4j.tensor.op.CrossEntropySpec;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.GroupNormSpec;
import org.xprompt4j.tensor.op.MatmulSpec;
import org.xprompt4j.tensor.op.Operation;
import org.xprompt4j.tensor.op.QkNormRopeSpec;
import org.xprompt4j.tensor.op.ReduceOp;
import org.xprompt4j.tensor.op.SamplingSpec;
import org.xprompt4j.tensor.op.UnaryOp;

/**
 * The operations on a CUDA device, real ({@code cuda}) or emulated ({@code ptx}): the same kernels, the same host code. Every
 * operation is queued and returns at once; the host waits only when it reads.
 */
final class CudaBackend implements Backend {
    private final String device;
    private final CudaDriver driver;
    private final Kernels kernels;
    private final MemoryScope kept; // tables that live as long as the backend
    private final QkNormRope qkNormRope;
    private final Attention attention;

    CudaBackend(String device, CudaDriver driver, Precision precision) {
        this.device = device;
        this.driver = driver;
        this.kernels = new Kernels(driver, precision);
        this.kept = new MemoryScope("tables of device " + device, kernels.tables());
        this.qkNormRope = new QkNormRope(kernels, kept);
        this.attention = new Attention(kernels);
    }

    @Override
    public String device() {
        return device;
    }

    @Override
    public String description() {
        DeviceProperties p = driver.properties();
        return p.name() + ", compute capability " + p.major() + "." + p.minor() + ", " + p.multiprocessors() + " multiprocessors, "
                + (p.memoryBytes() >> 20) + " MB, driver for CUDA " + p.driverText() + ", products in " + kernels.precision().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean canAddress(Storage storage) {
        return storage instanceof DeviceStorage;
    }

    /** Of the rest the decorator of the device makes float copies. */
    @Override
    public boolean computesBf16(Operation operation) {
        return switch (operation) {
            case RMS_NORM, RMS_NORM_BACKWARD, MATMUL, INT8_MATMUL, SWI_GLU, SWI_GLU_BACKWARD, QK_NORM_ROPE, QK_NORM_ROPE_BACKWARD, CACHED_ATTENTION,
                    LINEAR_CROSS_ENTROPY, LINEAR_CROSS_ENTROPY_BACKWARD, CONV2D, CONV2D_BACKWARD,
                    UNARY, UNARY_BACKWARD, BINARY, SCALE, ADD_SCALED, DROPOUT -> true;
            case ATTENTION, ATTENTION_BACKWARD -> attention.computesBf16();
            default -> false;
        };
    }

    @Override
    public MemoryScope openScope(String name) {
        return new MemoryScope(name, kernels.pool());
    }

    @Override
    public MemoryPool memory() {
        return kernels.pool();
    }

    @Override
    public void matmul(MatmulSpec spec, Tensor a, Tensor b, Epilogue epilogue, Tensor out) {
        Matmul.forward(kernels, spec, a, b, epilogue, out);
    }

    @Override
    public void int8Matmul(Tensor a, Tensor weight, Tensor scales, Epilogue epilogue, Tensor out) {
        Matmul.int8(kernels, a, weight, scales, epilogue, out);
    }

    @Override
    public void embedding(Tensor table, Tensor ids, Tensor out) {
        Embedding.forward(kernels, table, ids, out);
    }

    @Override
    public void embeddingBackward(Tensor ids, Tensor dOut, Tensor dTable) {
        Embedding.backward(kernels, ids, dOut, dTable);
    }

    @Override
    public void rmsNorm(float eps, Tensor x, Tensor weight, Tensor out, Tensor inverseRms) {
        RmsNorm.forward(kernels, eps, x, weight, out, inverseRms);
    }

    @Override
    public void rmsNormBackward(Tensor x, Tensor weight, Tensor inverseRms, Tensor dOut, Tensor dX, Tensor dWeight) {
        RmsNorm.backward(kernels, x, weight, inverseRms, dOut, dX, dWeight);
    }

    @Override
    public void layerNorm(float eps, Tensor x, Tensor weight, Tensor bias, Tensor out) {
        LayerNorm.forward(kernels, eps, x, weight, bias, out);
    }

    @Override
    public void layerNormBackward(float eps, Tensor x, Tensor weight, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias) {
        LayerNorm.backward(kernels, eps, x, weight, dOut, dX, dWeight, dBias);
    }

    @Override
    public void groupNorm(GroupNormSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor out, Tensor mean, Tensor inverseStd) {
        GroupNorm.forward(kernels, spec, x, weight, bias, out, mean, inverseStd);
    }

    @Override
    public void groupNormBackward(GroupNormSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor inverseStd, Tensor dOut, Tensor dX,
            Tensor dWeight, Tensor dBias) {
        GroupNorm.backward(kernels, spec, x, weight, bias, mean, inverseStd, dOut, dX, dWeight, dBias);
    }

    @Override
    public void qkNormRope(QkNormRopeSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor positions, Tensor out) {
        qkNormRope.forward(spec, x, weight, bias, positions, out);
    }

    @Override
    public void qkNormRopeBackward(QkNormRopeSpec spec, Tensor x, Tensor weight, Tensor positions, Tensor dOut, Tensor dX, Tensor dWeight,
            Tensor dBias) {
        qkNormRope.backward(spec, x, weight, positions, dOut, dX, dWeight, dBias);
    }

    @Override
    public void attention(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp) {
        attention.forward(spec, q, k, v, out, logSumExp);
    }

    @Override
    public void attentionBackward(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp, Tensor dOut, Tensor dQ, Tensor dK,
            Tensor dV) {
        attention.backward(spec, q, k, v, out, logSumExp, dOut, dQ, dK, dV);
    }

    @Override
    public void cachedAttention(float scale, Tensor q, Tensor keys, Tensor values, Tensor lengths, Tensor out) {
        CachedAttention.forward(kernels, scale, q, keys, values, lengths, out);
    }

    @Override
    public void appendToCache(Tensor k, Tensor v, Tensor lengths, Tensor keys, Tensor values) {
        AppendToCache.forward(kernels, k, v, lengths, keys, values);
    }

    @Override
    public void advance(Tensor tokens, Tensor counters, Tensor drawn) {
        Advance.forward(kernels, tokens, counters, drawn);
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        SwiGlu.forward(kernels, gate, up, out);
    }

    @Override
    public void swiGluBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
        SwiGlu.backward(kernels, gate, up, dOut, dGate, dUp);
    }

    @Override
    public void linearCrossEntropy(CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor rowLoss, Tensor logSumExp) {
        LinearCrossEntropy.forward(kernels, spec, hidden, weight, labels, rowLoss, logSumExp);
    }

    @Override
    public void linearCrossEntropyBackward(CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor logSumExp, float scale,
            Tensor dLoss, Tensor dHidden, Tensor dWeight) {
        LinearCrossEntropy.backward(kernels, spec, hidden, weight, labels, logSumExp, scale, dLoss, dHidden, dWeight);
    }

    @Override
    public void conv2d(Conv2dSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor out) {
        Conv2d.forward(kernels, spec, x, weight, bias, residual, out);
    }

    @Override
    public void conv2dBackward(Conv2dSpec spec, Tensor x, Tensor weight, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias) {
        Conv2d.backward(kernels, spec, x, weight, dOut, dX, dWeight, dBias);
    }

    @Override
    public void upsampleNearest(Tensor x, Tensor out) {
        Resample.upsampleNearest(kernels, x, out);
    }

    @Override
    public void upsampleNearestBackward(Tensor dOut, Tensor dX) {
        Resample.upsampleNearestBackward(kernels, dOut, dX);
    }

    @Override
    public void averagePool(Tensor x, Tensor out) {
        Resample.averagePool(kernels, x, out);
    }

    @Override
    public void averagePoolBackward(Tensor dOut, Tensor dX) {
        Resample.averagePoolBackward(kernels, dOut, dX);
    }

    @Override
    public void nearestCode(Tensor z, Tensor codebook, Tensor codes) {
        NearestCode.forward(kernels, z, codebook, codes);
    }

    @Override
    public void sample(SamplingSpec spec, Tensor full, Tensor imageOnly, Tensor unconditional, Tensor streams, Tensor positions, Tensor tokens) {
        Sampling.forward(kernels, spec, full, imageOnly, unconditional, streams, positions, tokens);
    }

    @Override
    public void adamW(AdamWSpec spec, Tensor weight, Tensor gradient, Tensor firstMoment, Tensor secondMoment, Tensor factor) {
        AdamW.step(kernels, spec, weight, gradient, firstMoment, secondMoment, factor);
    }

    @Override
    public void muonDirection(float beta, Tensor gradient, Tensor factor, Tensor momentum, Tensor direction) {
        Muon.direction(kernels, beta, gradient, factor, momentum, direction);
    }

    @Override
    public void gradientNorm(double maximum, Tensor gradient, Tensor loss, Tensor report, Tensor factor) {
        GradientNorm.factor(kernels, maximum, gradient, loss, report, factor);
    }

    @Override
    public void normalise(double eps, Tensor x, Tensor out) {
        GradientNorm.normalise(kernels, eps, x, out);
    }

    @Override
    public double sumOfSquares(Tensor x) {
        return Reduce.sumOfSquares(kernels, x);
    }

    @Override
    public void unary(UnaryOp op, Tensor x, Tensor out) {
        Elementwise.unary(kernels, op, x, out);
    }

    @Override
    public void unaryBackward(UnaryOp op, Tensor x, Tensor out, Tensor dOut, Tensor dX) {
        Elementwise.unaryBackward(kernels, op, x, out, dOut, dX);
    }

    @Override
    public void binary(BinaryOp op, Tensor a, Tensor b, Tensor out) {
        Elementwise.binary(kernels, op, a, b, out);
    }

    @Override
    public void reduce(ReduceOp op, Tensor x, Tensor out) {
        Reduce.forward(kernels, op, x, out);
    }

    @Override
    public void copy(Tensor from, Tensor to) {
        Copy.copy(kernels, from, to);
    }

    @Override
    public void fill(Tensor x, float value) {
        Copy.fill(kernels, x, value);
    }

    @Override
    public void scale(Tensor x, float factor, Tensor out) {
        Elementwise.scale(kernels, x, factor, out);
    }

    @Override
    public void addScaled(Tensor x, float factor, Tensor sum) {
        Elementwise.addScaled(kernels, x, factor, sum);
    }

    @Override
    public void combine(float keep, float factor, Tensor x, Tensor gate, Tensor sum) {
        Elementwise.combine(kernels, keep, factor, x, gate, sum);
    }

    @Override
    public void dropout(float probability, long seed, long stream, Tensor x, boolean accumulate, Tensor out) {
        Elementwise.dropout(kernels, probability, seed, stream, x, accumulate, out);
    }

    @Override
    public StepProgram record(Runnable step) {
        return new CapturedStep(kernels, step);
    }

    @Override
    public void close() {
        kept.close();
        kernels.close();
    }
}
