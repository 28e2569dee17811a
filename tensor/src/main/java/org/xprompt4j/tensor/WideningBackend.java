package org.xprompt4j.tensor;

import java.util.List;
import java.util.function.Consumer;

import org.xprompt4j.tensor.op.AdamWSpec;
import org.xprompt4j.tensor.op.AttentionSpec;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.Conv2dSpec;
import org.xprompt4j.tensor.op.CrossEntropySpec;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.GroupNormSpec;
import org.xprompt4j.tensor.op.MatmulSpec;
import org.xprompt4j.tensor.op.Operation;
import org.xprompt4j.tensor.op.Projection;
import org.xprompt4j.tensor.op.QkNormRopeSpec;
import org.xprompt4j.tensor.op.ReduceOp;
import org.xprompt4j.tensor.op.SamplingSpec;
import org.xprompt4j.tensor.op.UnaryOp;

/**
 * BF16 activations for backends that compute some operations, or all, on F32 alone: an operation that {@link Backend#computesBf16}
 * does not name runs on float32 copies in scratch memory, and its results are rounded once when they are copied back. Calls
 * without BF16 activations and operations that the backend names pass as they are.
 *
 * <p>Why a decorator: the rule for BF16 then holds for every operation on every device from the first day, a native kernel only
 * makes it faster, and both are held to the same tests.
 */
final class WideningBackend extends ForwardingBackend {
    WideningBackend(Backend backend) {
        super(backend);
    }

    /** Runs an operation on stand-ins, or on the tensors themselves where the backend takes them. */
    private void call(Operation operation, Consumer<WideTensors> body) {
        try (WideTensors wide = new WideTensors(backend, operation)) {
            body.accept(wide);
            wide.round();
        }
    }

    @Override
    public void matmul(MatmulSpec spec, Tensor a, Tensor b, Epilogue epilogue, Tensor out) {
        call(Operation.MATMUL, wide -> backend.matmul(spec, wide.in(a), b, widened(wide, epilogue), spec.accumulate() ? wide.sum(out) : wide.out(out)));
    }

    @Override
    public void int8Matmul(Tensor a, Tensor weight, Tensor scales, Epilogue epilogue, Tensor out) {
        call(Operation.INT8_MATMUL, wide -> backend.int8Matmul(wide.in(a), weight, scales, widened(wide, epilogue), wide.out(out)));
    }

    @Override
    public void projections(Tensor a, List<Projection> projections) {
        if (a.dtype() == DType.F32 || computesBf16(Operation.MATMUL) && computesBf16(Operation.INT8_MATMUL)) {
            backend.projections(a, projections);
        } else {
            super.projections(a, projections); // one after the other, each on its copies
        }
    }

    private static Epilogue widened(WideTensors wide, Epilogue epilogue) {
        return epilogue.multiplier() == null && epilogue.residual() == null ? epilogue
                : new Epilogue(epilogue.bias(), epilogue.activation(), wide.in(epilogue.multiplier()), wide.in(epilogue.residual()));
    }

    @Override
    public void embedding(Tensor table, Tensor ids, Tensor out) {
        call(Operation.EMBEDDING, wide -> backend.embedding(table, ids, wide.out(out)));
    }

    @Override
    public void embeddingBackward(Tensor ids, Tensor dOut, Tensor dTable) {
        call(Operation.EMBEDDING_BACKWARD, wide -> backend.embeddingBackward(ids, wide.in(dOut), wide.sum(dTable)));
    }

    @Override
    public void rmsNorm(float eps, Tensor x, Tensor weight, Tensor out, Tensor inverseRms) {
        call(Operation.RMS_NORM, wide -> backend.rmsNorm(eps, wide.in(x), weight, wide.out(out), inverseRms));
    }

    @Override
    public void rmsNormBackward(Tensor x, Tensor weight, Tensor inverseRms, Tensor dOut, Tensor dX, Tensor dWeight) {
        call(Operation.RMS_NORM_BACKWARD,
                wide -> backend.rmsNormBackward(wide.in(x), wide.in(weight), inverseRms, wide.in(dOut), wide.sum(dX), dWeight));
    }

    @Override
    public void layerNorm(float eps, Tensor x, Tensor weight, Tensor bias, Tensor out) {
        call(Operation.LAYER_NORM, wide -> backend.layerNorm(eps, wide.in(x), weight, bias, wide.out(out)));
    }

    @Override
    public void layerNormBackward(float eps, Tensor x, Tensor weight, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias) {
        call(Operation.LAYER_NORM_BACKWARD,
                wide -> backend.layerNormBackward(eps, wide.in(x), wide.in(weight), wide.in(dOut), wide.sum(dX), dWeight, dBias));
    }

    @Override
    public void groupNorm(GroupNormSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor out, Tensor mean, Tensor inverseStd) {
        call(Operation.GROUP_NORM, wide -> backend.groupNorm(spec, wide.in(x), weight, bias, wide.out(out), mean, inverseStd));
    }

    @Override
    public void groupNormBackward(GroupNormSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor inverseStd, Tensor dOut,
            Tensor dX, Tensor dWeight, Tensor dBias) {
        call(Operation.GROUP_NORM_BACKWARD, wide -> backend.groupNormBackward(spec, wide.in(x), wide.in(weight), wide.in(bias), mean, inverseStd,
                wide.in(dOut), wide.sum(dX), dWeight, dBias));
    }

    @Override
    public void qkNormRope(QkNormRopeSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor positions, Tensor out) {
        call(Operation.QK_NORM_ROPE, wide -> backend.qkNormRope(spec, wide.in(x), weight, bias, positions, wide.out(out)));
    }

    @Override
    public void qkNormRopeBackward(QkNormRopeSpec spec, Tensor x, Tensor weight, Tensor positions, Tensor dOut,
            Tensor dX, Tensor dWeight, Tensor dBias) {
        call(Operation.QK_NORM_ROPE_BACKWARD,
                wide -> backend.qkNormRopeBackward(spec, wide.in(x), wide.in(weight), positions, wide.in(dOut), wide.sum(dX), dWeight, dBias));
    }

    @Override
    public void attention(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp) {
        call(Operation.ATTENTION, wide -> backend.attention(spec, wide.in(q), wide.in(k), wide.in(v), wide.out(out), logSumExp));
    }

    @Override
    public void attentionBackward(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp, Tensor dOut,
            Tensor dQ, Tensor dK, Tensor dV) {
        call(Operation.ATTENTION_BACKWARD, wide -> backend.attentionBackward(spec, wide.in(q), wide.in(k), wide.in(v), wide.in(out), logSumExp,
                wide.in(dOut), wide.sum(dQ), wide.sum(dK), wide.sum(dV)));
    }

    @Override
    public void cachedAttention(float scale, Tensor q, Tensor keys, Tensor values, Tensor lengths, Tensor out) {
        call(Operation.CACHED_ATTENTION, wide -> backend.cachedAttention(scale, wide.in(q), keys, values, lengths, wide.out(out)));
    }

    @Override
    public void appendToCache(Tensor k, Tensor v, Tensor lengths, Tensor keys, Tensor values) {
        call(Operation.APPEND_TO_CACHE, wide -> backend.appendToCache(wide.in(k), wide.in(v), lengths, keys, values));
    }

    @Override
    public void advance(Tensor tokens, Tensor counters, Tensor drawn) {
        backend.advance(tokens, counters, drawn);
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        call(Operation.SWI_GLU, wide -> backend.swiGlu(wide.in(gate), wide.in(up), wide.out(out)));
    }

    @Override
    public void swiGluBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
        call(Operation.SWI_GLU_BACKWARD,
                wide -> backend.swiGluBackward(wide.in(gate), wide.in(up), wide.in(dOut), wide.sum(dGate), wide.sum(dUp)));
    }

    @Override
    public void linearCrossEntropy(CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor rowLoss, Tensor logSumExp) {
        call(Operation.LINEAR_CROSS_ENTROPY, wide -> backend.linearCrossEntropy(spec, wide.in(hidden), weight, labels, rowLoss, logSumExp));
    }

    @Override
    public void linearCrossEntropyBackward(CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor logSumExp, float scale, Tensor dLoss,
            Tensor dHidden, Tensor dWeight) {
        call(Operation.LINEAR_CROSS_ENTROPY_BACKWARD, wide -> backend.linearCrossEntropyBackward(spec, wide.in(hidden), weight, labels, logSumExp,
                scale, dLoss, wide.sum(dHidden), dWeight));
    }

    @Override
    public void conv2d(Conv2dSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor out) {
        call(Operation.CONV2D, wide -> backend.conv2d(spec, wide.in(x), weight, bias, wide.in(residual), wide.out(out)));
    }

    @Override
    public void conv2dBackward(Conv2dSpec spec, Tensor x, Tensor weight, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias) {
        call(Operation.CONV2D_BACKWARD,
                wide -> backend.conv2dBackward(spec, wide.in(x), wide.in(weight), wide.in(dOut), wide.sum(dX), dWeight, dBias));
    }

    @Override
    public void upsampleNearest(Tensor x, Tensor out) {
        call(Operation.UPSAMPLE_NEAREST, wide -> backend.upsampleNearest(wide.in(x), wide.out(out)));
    }

    @Override
    public void upsampleNearestBackward(Tensor dOut, Tensor dX) {
        call(Operation.UPSAMPLE_NEAREST_BACKWARD, wide -> backend.upsampleNearestBackward(wide.in(dOut), wide.sum(dX)));
    }

    @Override
    public void averagePool(Tensor x, Tensor out) {
        call(Operation.AVERAGE_POOL, wide -> backend.averagePool(wide.in(x), wide.out(out)));
    }

    @Override
    public void averagePoolBackward(Tensor dOut, Tensor dX) {
        call(Operation.AVERAGE_POOL_BACKWARD, wide -> backend.averagePoolBackward(wide.in(dOut), wide.sum(dX)));
    }

    @Override
    public void nearestCode(Tensor z, Tensor codebook, Tensor codes) {
        call(Operation.NEAREST_CODE, wide -> backend.nearestCode(wide.in(z), codebook, codes));
    }

    @Override
    public void sample(SamplingSpec spec, Tensor full, Tensor imageOnly, Tensor unconditional, Tensor streams, Tensor positions, Tensor tokens) {
        backend.sample(spec, full, imageOnly, unconditional, streams, positions, tokens);
    }

    @Override
    public void adamW(AdamWSpec spec, Tensor weight, Tensor gradient, Tensor firstMoment, Tensor secondMoment, Tensor factor) {
        backend.adamW(spec, weight, gradient, firstMoment, secondMoment, factor);
    }

    @Override
    public void muonDirection(float beta, Tensor gradient, Tensor factor, Tensor momentum, Tensor direction) {
        backend.muonDirection(beta, gradient, factor, momentum, direction);
    }

    @Override
    public void combine(float keep, float factor, Tensor x, Tensor gate, Tensor sum) {
        backend.combine(keep, factor, x, gate, sum);
    }

    @Override
    public void gradientNorm(double maximum, Tensor gradient, Tensor loss, Tensor report, Tensor factor) {
        backend.gradientNorm(maximum, gradient, loss, report, factor);
    }

    @Override
    public void normalise(double eps, Tensor x, Tensor out) {
        backend.normalise(eps, x, out);
    }

    @Override
    public double sumOfSquares(Tensor x) {
        return backend.sumOfSquares(x);
    }

    @Override
    public void unary(UnaryOp op, Tensor x, Tensor out) {
        call(Operation.UNARY, wide -> backend.unary(op, wide.in(x), wide.out(out)));
    }

    @Override
    public void unaryBackward(UnaryOp op, Tensor x, Tensor out, Tensor dOut, Tensor dX) {
        call(Operation.UNARY_BACKWARD, wide -> backend.unaryBackward(op, wide.in(x), wide.in(out), wide.in(dOut), wide.sum(dX)));
    }

    @Override
    public void binary(BinaryOp op, Tensor a, Tensor b, Tensor out) {
        call(Operation.BINARY, wide -> backend.binary(op, wide.in(a), wide.in(b), wide.out(out)));
    }

    @Override
    public void reduce(ReduceOp op, Tensor x, Tensor out) {
        call(Operation.REDUCE, wide -> backend.reduce(op, wide.in(x), wide.out(out)));
    }

    @Override
    public void copy(Tensor from, Tensor to) {
        backend.copy(from, to);
    }

    @Override
    public void fill(Tensor x, float value) {
        backend.fill(x, value);
    }

    @Override
    public void scale(Tensor x, float factor, Tensor out) {
        call(Operation.SCALE, wide -> backend.scale(wide.in(x), factor, wide.out(out)));
    }

    @Override
    public void addScaled(Tensor x, float factor, Tensor sum) {
        call(Operation.ADD_SCALED, wide -> backend.addScaled(wide.in(x), factor, wide.sum(sum)));
    }

    @Override
    public void dropout(float probability, long seed, long stream, Tensor x, boolean accumulate, Tensor out) {
        call(Operation.DROPOUT,
                wide -> backend.dropout(probability, seed, stream, wide.in(x), accumulate, accumulate ? wide.sum(out) : wide.out(out)));
    }

    @Override
    public StepProgram record(Runnable step) {
        return backend.record(step);
    }
}
