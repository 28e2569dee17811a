package org.xprompt4j.tensor.cpu;

import java.util.List;

import org.xprompt4j.tensor.Tensor;
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
import org.xprompt4j.tensor.scalar.ScalarBackend;

/** The CPU in vectors and threads: one class of this package per operation. */
public class VectorBackend extends ScalarBackend {
    @Override
    public String device() {
        return "cpu";
    }

    @Override
    public String description() {
        return "Java vectors of " + Lanes.FLOATS.vectorBitSize() + " bits, " + MicroKernel.tile() + ", " + WorkerPool.shared().threads() + " threads";
    }

    @Override
    public void matmul(MatmulSpec spec, Tensor a, Tensor b, Epilogue epilogue, Tensor out) {
        Matmul.forward(spec, a, b, epilogue, out);
    }

    @Override
    public void int8Matmul(Tensor a, Tensor weight, Tensor scales, Epilogue epilogue, Tensor out) {
        Int8Matmul.forward(a, weight, scales, epilogue, out);
    }

    @Override
    public void projections(Tensor a, List<Projection> projections) {
        if (a.size(0) <= FewRows.MAX_ROWS) {
            Projections.fewRows(a, projections);
        } else {
            super.projections(a, projections);
        }
    }

    @Override
    public void rmsNorm(float eps, Tensor x, Tensor weight, Tensor out, Tensor inverseRms) {
        RmsNorm.forward(eps, x, weight, out, inverseRms);
    }

    @Override
    public void rmsNormBackward(Tensor x, Tensor weight, Tensor inverseRms, Tensor dOut, Tensor dX, Tensor dWeight) {
        RmsNorm.backward(x, weight, inverseRms, dOut, dX, dWeight);
    }

    @Override
    public void layerNorm(float eps, Tensor x, Tensor weight, Tensor bias, Tensor out) {
        LayerNorm.forward(eps, x, weight, bias, out);
    }

    @Override
    public void layerNormBackward(float eps, Tensor x, Tensor weight, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias) {
        LayerNorm.backward(eps, x, weight, dOut, dX, dWeight, dBias);
    }

    @Override
    public void groupNorm(GroupNormSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor out, Tensor mean, Tensor inverseStd) {
        GroupNorm.forward(spec, x, weight, bias, out, mean, inverseStd);
    }

    @Override
    public void groupNormBackward(GroupNormSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor inverseStd, Tensor dOut,
            Tensor dX, Tensor dWeight, Tensor dBias) {
        GroupNormBackward.backward(spec, x, weight, bias, mean, inverseStd, dOut, dX, dWeight, dBias);
    }

    @Override
    public void qkNormRope(QkNormRopeSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor positions, Tensor out) {
        QkNormRope.forward(spec, x, weight, bias, positions, out);
    }

    @Override
    public void qkNormRopeBackward(QkNormRopeSpec spec, Tensor x, Tensor weight, Tensor positions, Tensor dOut,
            Tensor dX, Tensor dWeight, Tensor dBias) {
        QkNormRope.backward(spec, x, weight, positions, dOut, dX, dWeight, dBias);
    }

    @Override
    public void attention(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp) {
        Attention.forward(spec, q, k, v, out, logSumExp);
    }

    @Override
    public void attentionBackward(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp, Tensor dOut,
            Tensor dQ, Tensor dK, Tensor dV) {
        AttentionBackward.backward(spec, q, k, v, out, logSumExp, dOut, dQ, dK, dV);
    }

    @Override
    public void cachedAttention(float scale, Tensor q, Tensor keys, Tensor values, Tensor lengths, Tensor out) {
        CachedAttention.forward(scale, q, keys, values, lengths, out);
    }

    @Override
    public void appendToCache(Tensor k, Tensor v, Tensor lengths, Tensor keys, Tensor values) {
        AppendToCache.forward(k, v, lengths, keys, values);
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        SwiGlu.forward(gate, up, out);
    }

    @Override
    public void swiGluBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
        SwiGlu.backward(gate, up, dOut, dGate, dUp);
    }

    @Override
    public void sample(SamplingSpec spec, Tensor full, Tensor imageOnly, Tensor unconditional, Tensor streams, Tensor positions, Tensor tokens) {
        Sampling.forward(spec, full, imageOnly, unconditional, streams, positions, tokens);
    }

    @Override
    public void adamW(AdamWSpec spec, Tensor weight, Tensor gradient, Tensor firstMoment, Tensor secondMoment, Tensor factor) {
        AdamW.step(spec, weight, gradient, firstMoment, secondMoment, factor);
    }

    @Override
    public void muonDirection(float beta, Tensor gradient, Tensor factor, Tensor momentum, Tensor direction) {
        Muon.direction(beta, gradient, factor, momentum, direction);
    }

    @Override
    public double sumOfSquares(Tensor x) {
        return SumOfSquares.of(x);
    }

    @Override
    public void unary(UnaryOp op, Tensor x, Tensor out) {
        Unary.forward(op, x, out);
    }

    @Override
    public void unaryBackward(UnaryOp op, Tensor x, Tensor out, Tensor dOut, Tensor dX) {
        UnaryBackward.backward(op, x, out, dOut, dX);
    }

    @Override
    public void binary(BinaryOp op, Tensor a, Tensor b, Tensor out) {
        Binary.forward(op, a, b, out);
    }

    @Override
    public void reduce(ReduceOp op, Tensor x, Tensor out) {
        Reduce.forward(op, x, out);
    }

    @Override
    public void copy(Tensor from, Tensor to) {
        Copy.copy(from, to);
    }

    @Override
    public void fill(Tensor x, float value) {
        Copy.fill(x, value);
    }

    @Override
    public void scale(Tensor x, float factor, Tensor out) {
        Scale.scale(x, factor, out);
    }

    @Override
    public void addScaled(Tensor x, float factor, Tensor sum) {
        Scale.addScaled(x, factor, sum);
    }

    @Override
    public void combine(float keep, float factor, Tensor x, Tensor gate, Tensor sum) {
        Scale.combine(keep, factor, x, gate, sum);
    }

    @Override
    public void dropout(float probability, long seed, long stream, Tensor x, boolean accumulate, Tensor out) {
        Dropout.forward(probability, seed, stream, x, accumulate, out);
    }

    @Override
    public void conv2d(Conv2dSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor out) {
        Conv2d.forward(spec, x, weight, bias, residual, out);
    }

    @Override
    public void conv2dBackward(Conv2dSpec spec, Tensor x, Tensor weight, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias) {
        Conv2d.backward(spec, x, weight, dOut, dX, dWeight, dBias);
    }

    @Override
    public void embedding(Tensor table, Tensor ids, Tensor out) {
        Embedding.forward(table, ids, out);
    }

    @Override
    public void embeddingBackward(Tensor ids, Tensor dOut, Tensor dTable) {
        Embedding.backward(ids, dOut, dTable);
    }

    @Override
    public void linearCrossEntropy(CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor rowLoss, Tensor logSumExp) {
        LinearCrossEntropy.forward(spec, hidden, weight, labels, rowLoss, logSumExp);
    }

    @Override
    public void linearCrossEntropyBackward(CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor logSumExp,
            float scale, Tensor dLoss, Tensor dHidden, Tensor dWeight) {
        LinearCrossEntropy.backward(spec, hidden, weight, labels, logSumExp, scale, dLoss, dHidden, dWeight);
    }

    @Override
    public void upsampleNearest(Tensor x, Tensor out) {
        Resample.upsampleNearest(x, out);
    }

    @Override
    public void upsampleNearestBackward(Tensor dOut, Tensor dX) {
        Resample.upsampleNearestBackward(dOut, dX);
    }

    @Override
    public void averagePool(Tensor x, Tensor out) {
        Resample.averagePool(x, out);
    }

    @Override
    public void averagePoolBackward(Tensor dOut, Tensor dX) {
        Resample.averagePoolBackward(dOut, dX);
    }

    @Override
    public void nearestCode(Tensor z, Tensor codebook, Tensor codes) {
        NearestCode.forward(z, codebook, codes);
    }
}
