package org.xprompt4j.tensor;

import java.util.List;
import java.util.Locale;

import org.xprompt4j.tensor.op.AdamWSpec;
import org.xprompt4j.tensor.op.AttentionSpec;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.Conv2dSpec;
import org.xprompt4j.tensor.op.CrossEntropySpec;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.GroupNormSpec;
import org.xprompt4j.tensor.op.MatmulSpec;
import org.xprompt4j.tensor.op.Projection;
import org.xprompt4j.tensor.op.QkNormRopeSpec;
import org.xprompt4j.tensor.op.ReduceOp;
import org.xprompt4j.tensor.op.SamplingSpec;
import org.xprompt4j.tensor.op.UnaryOp;

/**
 * Any backend with a stopwatch: every operation is forwarded, and its time, floating-point operations and bytes are added to
 * an {@link OperationProfile}. Results are those of the backend below. On a device that only queues its work the times are
 * those of queueing.
 *
 * <p>FLOPs follow the definition of an operation, not its implementation: 2mnk for a product, 4 · headDim for a visible pair of
 * attention and twice that for its gradients (the scores that the backward pass makes again are not counted), 0 for what a
 * device does at the speed of its memory.
 */
public final class ProfilingBackend extends ForwardingBackend {
    private final OperationProfile profile = new OperationProfile();

    /** Profiles a backend; closing this closes it. */
    public ProfilingBackend(Backend backend) {
        super(backend);
    }

    /** What was measured so far. */
    public OperationProfile profile() {
        return profile;
    }

    @Override
    public void matmul(MatmulSpec spec, Tensor a, Tensor b, Epilogue epilogue, Tensor out) {
        String order = (spec.transposeA() ? "T" : "N") + (spec.transposeB() ? "T" : "N") + (spec.accumulate() ? " +=" : "");
        long flops = 2 * out.numel() * a.dim(spec.transposeA() ? 0 : 1);
        timed("matmul " + order, flops, bytes(a, b, epilogue.bias(), epilogue.multiplier(), epilogue.residual(), out)
                + (spec.accumulate() ? bytes(out) : 0), () -> backend.matmul(spec, a, b, epilogue, out));
    }

    @Override
    public void int8Matmul(Tensor a, Tensor weight, Tensor scales, Epilogue epilogue, Tensor out) {
        timed("int8Matmul", 2 * out.numel() * a.dim(1), bytes(a, weight, scales, epilogue.bias(), epilogue.multiplier(), epilogue.residual(), out),
                () -> backend.int8Matmul(a, weight, scales, epilogue, out));
    }

    @Override
    public void projections(Tensor a, List<Projection> projections) {
        long flops = 0;
        long bytes = bytes(a);
        for (Projection p : projections) {
            flops += 2 * p.out().numel() * a.dim(1);
            bytes += bytes(p.weight(), p.scales(), p.epilogue().bias(), p.epilogue().multiplier(), p.epilogue().residual(), p.out());
        }
        timed("projections", flops, bytes, () -> backend.projections(a, projections));
    }

    @Override
    public void embedding(Tensor table, Tensor ids, Tensor out) {
        timed("embedding", 0, bytes(ids, out, out), () -> backend.embedding(table, ids, out));
    }

    @Override
    public void embeddingBackward(Tensor ids, Tensor dOut, Tensor dTable) {
        timed("embeddingBackward", 0, bytes(ids, dOut, dOut, dOut), () -> backend.embeddingBackward(ids, dOut, dTable));
    }

    @Override
    public void rmsNorm(float eps, Tensor x, Tensor weight, Tensor out, Tensor inverseRms) {
        timed("rmsNorm", 0, bytes(x, weight, out, inverseRms), () -> backend.rmsNorm(eps, x, weight, out, inverseRms));
    }

    @Override
    public void rmsNormBackward(Tensor x, Tensor weight, Tensor inverseRms, Tensor dOut, Tensor dX, Tensor dWeight) {
        timed("rmsNormBackward", 0, bytes(x, weight, inverseRms, dOut) + 2 * bytes(dX, dWeight),
                () -> backend.rmsNormBackward(x, weight, inverseRms, dOut, dX, dWeight));
    }

    @Override
    public void layerNorm(float eps, Tensor x, Tensor weight, Tensor bias, Tensor out) {
        timed("layerNorm", 0, bytes(x, weight, bias, out), () -> backend.layerNorm(eps, x, weight, bias, out));
    }

    @Override
    public void layerNormBackward(float eps, Tensor x, Tensor weight, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias) {
        timed("layerNormBackward", 0, bytes(x, weight, dOut) + 2 * bytes(dX, dWeight, dBias),
                () -> backend.layerNormBackward(eps, x, weight, dOut, dX, dWeight, dBias));
    }

    @Override
    public void groupNorm(GroupNormSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor out, Tensor mean, Tensor inverseStd) {
        timed("groupNorm", 0, bytes(x, weight, bias, out, mean, inverseStd), () -> backend.groupNorm(spec, x, weight, bias, out, mean, inverseStd));
    }

    @Override
    public void groupNormBackward(GroupNormSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor inverseStd, Tensor dOut,
            Tensor dX, Tensor dWeight, Tensor dBias) {
        timed("groupNormBackward", 0, bytes(x, weight, bias, mean, inverseStd, dOut) + 2 * bytes(dX, dWeight, dBias),
                () -> backend.groupNormBackward(spec, x, weight, bias, mean, inverseStd, dOut, dX, dWeight, dBias));
    }

    @Override
    public void qkNormRope(QkNormRopeSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor positions, Tensor out) {
        timed("qkNormRope", 0, bytes(x, weight, bias, positions, out), () -> backend.qkNormRope(spec, x, weight, bias, positions, out));
    }

    @Override
    public void qkNormRopeBackward(QkNormRopeSpec spec, Tensor x, Tensor weight, Tensor positions, Tensor dOut,
            Tensor dX, Tensor dWeight, Tensor dBias) {
        timed("qkNormRopeBackward", 0, bytes(x, weight, positions, dOut) + 2 * bytes(dX, dWeight, dBias),
                () -> backend.qkNormRopeBackward(spec, x, weight, positions, dOut, dX, dWeight, dBias));
    }

    @Override
    public void attention(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp) {
        timed("attention", attentionFlops(spec, q), bytes(q, k, v, out, logSumExp), () -> backend.attention(spec, q, k, v, out, logSumExp));
    }

    @Override
    public void attentionBackward(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp, Tensor dOut,
            Tensor dQ, Tensor dK, Tensor dV) {
        timed("attentionBackward", 2 * attentionFlops(spec, q), bytes(q, k, v, out, logSumExp, dOut) + 2 * bytes(dQ, dK, dV),
                () -> backend.attentionBackward(spec, q, k, v, out, logSumExp, dOut, dQ, dK, dV));
    }

    private static long attentionFlops(AttentionSpec spec, Tensor q) {
        return 4 * spec.mask().visiblePairs() * q.dim(0) * q.dim(2) * q.dim(3);
    }

    @Override
    public void cachedAttention(float scale, Tensor q, Tensor keys, Tensor values, Tensor lengths, Tensor out) {
        // How much of the cache is filled may be known to the device alone: no count of what was done.
        timed("cachedAttention", 0, bytes(q, out), () -> backend.cachedAttention(scale, q, keys, values, lengths, out));
    }

    @Override
    public void appendToCache(Tensor k, Tensor v, Tensor lengths, Tensor keys, Tensor values) {
        timed("appendToCache", 0, 2 * bytes(k, v), () -> backend.appendToCache(k, v, lengths, keys, values));
    }

    @Override
    public void advance(Tensor tokens, Tensor counters, Tensor drawn) {
        timed("advance", 0, 2 * bytes(tokens, counters), () -> backend.advance(tokens, counters, drawn));
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        timed("swiGlu", 0, bytes(gate, up, out), () -> backend.swiGlu(gate, up, out));
    }

    @Override
    public void swiGluBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
        timed("swiGluBackward", 0, bytes(gate, up, dOut) + 2 * bytes(dGate, dUp), () -> backend.swiGluBackward(gate, up, dOut, dGate, dUp));
    }

    @Override
    public void linearCrossEntropy(CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor rowLoss, Tensor logSumExp) {
        timed("linearCrossEntropy", 2 * hidden.numel() * weight.dim(0), bytes(hidden, weight, labels, rowLoss, logSumExp),
                () -> backend.linearCrossEntropy(spec, hidden, weight, labels, rowLoss, logSumExp));
    }

    @Override
    public void linearCrossEntropyBackward(CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor logSumExp, float scale, Tensor dLoss,
            Tensor dHidden, Tensor dWeight) {
        long products = (dHidden == null ? 0 : 1) + (dWeight == null ? 0 : 1);
        timed("linearCrossEntropyBackward", 2 * products * hidden.numel() * weight.dim(0),
                bytes(hidden, weight, labels, logSumExp) + 2 * bytes(dHidden, dWeight),
                () -> backend.linearCrossEntropyBackward(spec, hidden, weight, labels, logSumExp, scale, dLoss, dHidden, dWeight));
    }

    @Override
    public void conv2d(Conv2dSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor out) {
        timed("conv2d", convolutionFlops(weight, out), bytes(x, weight, bias, residual, out), () -> backend.conv2d(spec, x, weight, bias, residual, out));
    }

    @Override
    public void conv2dBackward(Conv2dSpec spec, Tensor x, Tensor weight, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias) {
        long products = (dX == null ? 0 : 1) + (dWeight == null ? 0 : 1);
        timed("conv2dBackward", products * convolutionFlops(weight, dOut), bytes(x, weight, dOut) + 2 * bytes(dX, dWeight, dBias),
                () -> backend.conv2dBackward(spec, x, weight, dOut, dX, dWeight, dBias));
    }

    private static long convolutionFlops(Tensor weight, Tensor out) {
        return 2 * out.numel() * (weight.numel() / weight.dim(0));
    }

    @Override
    public void upsampleNearest(Tensor x, Tensor out) {
        timed("upsampleNearest", 0, bytes(x, out), () -> backend.upsampleNearest(x, out));
    }

    @Override
    public void upsampleNearestBackward(Tensor dOut, Tensor dX) {
        timed("upsampleNearestBackward", 0, bytes(dOut, dX, dX), () -> backend.upsampleNearestBackward(dOut, dX));
    }

    @Override
    public void averagePool(Tensor x, Tensor out) {
        timed("averagePool", 0, bytes(x, out), () -> backend.averagePool(x, out));
    }

    @Override
    public void averagePoolBackward(Tensor dOut, Tensor dX) {
        timed("averagePoolBackward", 0, bytes(dOut, dX, dX), () -> backend.averagePoolBackward(dOut, dX));
    }

    @Override
    public void nearestCode(Tensor z, Tensor codebook, Tensor codes) {
        timed("nearestCode", 2 * z.numel() * codebook.dim(0), bytes(z, codebook, codes), () -> backend.nearestCode(z, codebook, codes));
    }

    @Override
    public void sample(SamplingSpec spec, Tensor full, Tensor imageOnly, Tensor unconditional, Tensor streams, Tensor positions, Tensor tokens) {
        timed("sample", 0, bytes(full, imageOnly, unconditional, streams, positions, tokens),
                () -> backend.sample(spec, full, imageOnly, unconditional, streams, positions, tokens));
    }

    @Override
    public void adamW(AdamWSpec spec, Tensor weight, Tensor gradient, Tensor firstMoment, Tensor secondMoment, Tensor factor) {
        timed("adamW", 0, bytes(gradient) + 2 * bytes(weight, firstMoment, secondMoment, factor),
                () -> backend.adamW(spec, weight, gradient, firstMoment, secondMoment, factor));
    }

    @Override
    public void muonDirection(float beta, Tensor gradient, Tensor factor, Tensor momentum, Tensor direction) {
        timed("muonDirection", 0, bytes(gradient, direction) + 2 * bytes(momentum), () -> backend.muonDirection(beta, gradient, factor, momentum, direction));
    }

    @Override
    public void gradientNorm(double maximum, Tensor gradient, Tensor loss, Tensor report, Tensor factor) {
        timed("gradientNorm", 0, bytes(gradient), () -> backend.gradientNorm(maximum, gradient, loss, report, factor));
    }

    @Override
    public void normalise(double eps, Tensor x, Tensor out) {
        timed("normalise", 0, 2 * bytes(x) + bytes(out), () -> backend.normalise(eps, x, out));
    }

    @Override
    public double sumOfSquares(Tensor x) {
        long from = System.nanoTime();
        double sum = backend.sumOfSquares(x);
        profile.add("sumOfSquares", System.nanoTime() - from, 0, bytes(x));
        return sum;
    }

    @Override
    public void unary(UnaryOp op, Tensor x, Tensor out) {
        timed(named("unary", op), 0, bytes(x, out), () -> backend.unary(op, x, out));
    }

    @Override
    public void unaryBackward(UnaryOp op, Tensor x, Tensor out, Tensor dOut, Tensor dX) {
        timed(named("unaryBackward", op), 0, bytes(x, out, dOut, dX, dX), () -> backend.unaryBackward(op, x, out, dOut, dX));
    }

    @Override
    public void binary(BinaryOp op, Tensor a, Tensor b, Tensor out) {
        timed(named("binary", op), 0, bytes(a, b, out), () -> backend.binary(op, a, b, out));
    }

    @Override
    public void reduce(ReduceOp op, Tensor x, Tensor out) {
        timed(named("reduce", op), 0, bytes(x, out), () -> backend.reduce(op, x, out));
    }

    @Override
    public void copy(Tensor from, Tensor to) {
        timed("copy", 0, bytes(from, to), () -> backend.copy(from, to));
    }

    @Override
    public void fill(Tensor x, float value) {
        timed("fill", 0, bytes(x), () -> backend.fill(x, value));
    }

    @Override
    public void scale(Tensor x, float factor, Tensor out) {
        timed("scale", 0, bytes(x, out), () -> backend.scale(x, factor, out));
    }

    @Override
    public void addScaled(Tensor x, float factor, Tensor sum) {
        timed("addScaled", 0, bytes(x, sum, sum), () -> backend.addScaled(x, factor, sum));
    }

    @Override
    public void combine(float keep, float factor, Tensor x, Tensor gate, Tensor sum) {
        timed("combine", 0, bytes(x) + 2 * bytes(sum), () -> backend.combine(keep, factor, x, gate, sum));
    }

    @Override
    public void dropout(float probability, long seed, long stream, Tensor x, boolean accumulate, Tensor out) {
        timed("dropout", 0, bytes(x, out) + (accumulate ? bytes(out) : 0), () -> backend.dropout(probability, seed, stream, x, accumulate, out));
    }

    private void timed(String operation, long flops, long bytes, Runnable work) {
        long from = System.nanoTime();
        work.run();
        profile.add(operation, System.nanoTime() - from, flops, bytes);
    }

    private static String named(String operation, Enum<?> op) {
        return operation + ' ' + op.name().toLowerCase(Locale.ROOT);
    }

    private static long bytes(Tensor... operands) {
        long bytes = 0;
        for (Tensor operand : operands) {
            bytes += operand == null ? 0 : operand.numel() * operand.dtype().bytes();
        }
        return bytes;
    }
}
