package org.xprompt4j.tests.contract;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
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
import org.xprompt4j.tensor.op.UnaryOp;

/**
 * Operations at sizes that cross the borders of blocks, tiles and tasks, with their backward passes. Each returns all that it
 * wrote, so that two devices, or two numbers of threads, can be compared.
 */
final class LargeOperations {
    private LargeOperations() {
    }

    /** Name and how to run it: a list of result tensors. */
    static Map<String, Function<Workbench, Tensor[]>> all() {
        Map<String, Function<Workbench, Tensor[]>> operations = new LinkedHashMap<>();
        operations.put("matmul NT", b -> matmul(b, MatmulSpec.NT, DType.F32));
        operations.put("matmul NN BF16", b -> matmul(b, MatmulSpec.NN, DType.BF16));
        operations.put("matmul TN", b -> matmul(b, MatmulSpec.TN, DType.F32));
        operations.put("matmul few rows", LargeOperations::fewRows);
        operations.put("rmsNorm", LargeOperations::rmsNorm);
        operations.put("layerNorm", LargeOperations::layerNorm);
        operations.put("groupNorm", LargeOperations::groupNorm);
        operations.put("qkNormRope", LargeOperations::qkNormRope);
        operations.put("attention causal", b -> attention(b, Masks.causal(150, 187)));
        operations.put("attention full", b -> attention(b, Masks.full(131, 67)));
        operations.put("attention xprompt", b -> attention(b, Masks.xprompt(141, 8, 83)));
        operations.put("int8Matmul", b -> int8Matmul(b, 67));
        operations.put("int8Matmul few rows", b -> int8Matmul(b, 3));
        operations.put("projections", b -> projections(b, 67));
        operations.put("projections few rows", b -> projections(b, 2));
        operations.put("cachedAttention", b -> cachedAttention(b, DType.F32));
        operations.put("cachedAttention BF16", b -> cachedAttention(b, DType.BF16));
        operations.put("appendToCache", b -> appendToCache(b, DType.F32));
        operations.put("appendToCache BF16", b -> appendToCache(b, DType.BF16));
        operations.put("swiGlu", LargeOperations::swiGlu);
        operations.put("linearCrossEntropy", LargeOperations::linearCrossEntropy);
        operations.put("conv2d 3x3", b -> conv2d(b, Conv2dSpec.padded(1), 3, 35, 37));
        operations.put("conv2d down", b -> conv2d(b, Conv2dSpec.downsample(), 3, 35, 37));
        operations.put("conv2d 1x1", b -> conv2d(b, Conv2dSpec.padded(0), 1, 67, 131));
        operations.put("embedding", LargeOperations::embedding);
        operations.put("resample", LargeOperations::resample);
        operations.put("elementwise", LargeOperations::elementwise);
        operations.put("reduce", LargeOperations::reduce);
        operations.put("dropout", LargeOperations::dropout);
        return operations;
    }

    private static Tensor[] matmul(Workbench b, MatmulSpec spec, DType type) {
        int m = 201;
        int n = 263;
        int k = 777;
        Tensor out = b.output(m, n);
        b.backend.matmul(spec, spec.transposeA() ? b.input(k, m) : b.input(m, k), spec.transposeB() ? b.input(type, n, k) : b.input(type, k, n),
                new Epilogue(b.input(n), Activation.SILU, null, b.input(m, n)), out);
        return new Tensor[] {out};
    }

    private static Tensor[] fewRows(Workbench b) {
        Tensor out = b.output(5, 2053);
        b.backend.matmul(MatmulSpec.NT, b.input(5, 517), b.input(DType.BF16, 2053, 517), Epilogue.NONE, out);
        return new Tensor[] {out};
    }

    private static Tensor[] rmsNorm(Workbench b) {
        Tensor x = b.input(301, 389);
        Tensor weight = b.input(389);
        Tensor out = b.output(301, 389);
        Tensor inverseRms = b.output(301);
        Tensor dX = b.input(301, 389);
        Tensor dWeight = b.input(389);
        b.backend.rmsNorm(1e-5f, x, weight, out, inverseRms);
        b.backend.rmsNormBackward(x, weight, inverseRms, b.input(301, 389), dX, dWeight);
        return new Tensor[] {out, inverseRms, dX, dWeight};
    }

    private static Tensor[] layerNorm(Workbench b) {
        Tensor x = b.input(301, 389);
        Tensor weight = b.input(389);
        Tensor out = b.output(301, 389);
        Tensor dX = b.input(301, 389);
        Tensor dWeight = b.input(389);
        Tensor dBias = b.input(389);
        b.backend.layerNorm(1e-5f, x, weight, b.input(389), out);
        b.backend.layerNormBackward(1e-5f, x, weight, b.input(301, 389), dX, dWeight, dBias);
        return new Tensor[] {out, dX, dWeight, dBias};
    }

    private static Tensor[] groupNorm(Workbench b) {
        GroupNormSpec spec = new GroupNormSpec(8, 1e-6f, Activation.SILU);
        long[] dims = {3, 31, 33, 72};
        Tensor x = b.input(dims);
        Tensor weight = b.input(72);
        Tensor bias = b.input(72);
        Tensor out = b.output(dims);
        Tensor mean = b.output(3, 8);
        Tensor inverseStd = b.output(3, 8);
        Tensor dX = b.input(dims);
        Tensor dWeight = b.input(72);
        Tensor dBias = b.input(72);
        b.backend.groupNorm(spec, x, weight, bias, out, mean, inverseStd);
        b.backend.groupNormBackward(spec, x, weight, bias, mean, inverseStd, b.input(dims), dX, dWeight, dBias);
        return new Tensor[] {out, dX, dWeight, dBias};
    }

    private static Tensor[] qkNormRope(Workbench b) {
        QkNormRopeSpec spec = new QkNormRopeSpec(1e-5f, 10_000);
        long[] dims = {2, 113, 6, 34};
        Tensor x = b.input(dims);
        Tensor weight = b.input(3, 34);
        Tensor positions = b.ids(226, 500).reshape(2, 113);
        Tensor out = b.output(dims);
        Tensor dX = b.input(dims);
        Tensor dWeight = b.input(3, 34);
        Tensor dBias = b.input(3, 34);
        b.backend.qkNormRope(spec, x, weight, b.input(3, 34), positions, out);
        b.backend.qkNormRopeBackward(spec, x, weight, positions, b.input(dims), dX, dWeight, dBias);
        return new Tensor[] {out, dX, dWeight, dBias};
    }

    private static Tensor[] attention(Workbench b, Masks masks) {
        AttentionSpec spec = new AttentionSpec(0.2f, masks.mask());
        int queries = masks.mask().queries();
        int keys = masks.mask().keys();
        Tensor q = b.input(2, queries, 4, 27);
        Tensor k = b.input(2, keys, 2, 27);
        Tensor v = b.input(2, keys, 2, 27);
        Tensor out = b.output(2, queries, 4, 27);
        Tensor logSumExp = b.output(2, 4, queries);
        Tensor dQ = b.input(2, queries, 4, 27);
        Tensor dK = b.input(2, keys, 2, 27);
        Tensor dV = b.input(2, keys, 2, 27);
        b.backend.attention(spec, q, k, v, out, logSumExp);
        b.backend.attentionBackward(spec, q, k, v, out, logSumExp, b.input(2, queries, 4, 27), dQ, dK, dV);
        return new Tensor[] {out, logSumExp, dQ, dK, dV};
    }

    private static Tensor[] int8Matmul(Workbench b, int rows) {
        Tensor out = b.output(rows, 259);
        b.backend.int8Matmul(b.input(rows, 521), b.int8Input(259, 521), b.input(259), Epilogue.NONE, out);
        return new Tensor[] {out};
    }

    private static Tensor[] projections(Workbench b, int rows) {
        Tensor q = b.output(rows, 259);
        Tensor k = b.output(rows, 131);
        Tensor v = b.output(rows, 67);
        b.backend.projections(b.input(rows, 521), List.of(new Projection(b.input(259, 521), null, Epilogue.bias(b.input(259)), q),
                new Projection(b.int8Input(131, 521), b.input(131), Epilogue.NONE, k), new Projection(b.input(DType.BF16, 67, 521), null, Epilogue.NONE, v)));
        return new Tensor[] {q, k, v};
    }

    private static Tensor[] cachedAttention(Workbench b, DType type) {
        Tensor out = b.output(7, 8, 33);
        b.backend.cachedAttention(0.2f, b.input(7, 8, 33), b.input(type, 7, 411, 4, 33), b.input(type, 7, 411, 4, 33),
                b.of(new int[] {411, 1, 17, 256, 257, 33, 400}, 7), out);
        return new Tensor[] {out};
    }

    private static Tensor[] appendToCache(Workbench b, DType type) {
        Tensor keys = b.input(type, 7, 411, 4, 33);
        Tensor values = b.input(type, 7, 411, 4, 33);
        b.backend.appendToCache(b.input(7, 13, 4, 33), b.input(7, 13, 4, 33), b.of(new int[] {411, 13, 17, 256, 257, 33, 400}, 7), keys, values);
        return new Tensor[] {keys, values};
    }

    private static Tensor[] swiGlu(Workbench b) {
        Tensor gate = b.input(131, 521);
        Tensor up = b.input(131, 521);
        Tensor out = b.output(131, 521);
        Tensor dGate = b.input(131, 521);
        Tensor dUp = b.input(131, 521);
        b.backend.swiGlu(gate, up, out);
        b.backend.swiGluBackward(gate, up, b.input(131, 521), dGate, dUp);
        return new Tensor[] {out, dGate, dUp};
    }

    private static Tensor[] linearCrossEntropy(Workbench b) {
        CrossEntropySpec spec = new CrossEntropySpec(1e-3f);
        Tensor hidden = b.input(167, 61);
        Tensor weight = b.input(1543, 61);
        int[] labels = b.ids(167, 1543).toIntArray();
        labels[3] = CrossEntropySpec.IGNORED;
        Tensor label = b.of(labels, 167);
        Tensor rowLoss = b.output(167);
        Tensor logSumExp = b.output(167);
        Tensor dHidden = b.input(167, 61);
        Tensor dWeight = b.input(1543, 61);
        b.backend.linearCrossEntropy(spec, hidden, weight, label, rowLoss, logSumExp);
        b.backend.linearCrossEntropyBackward(spec, hidden, weight, label, logSumExp, 0.01f, null, dHidden, dWeight);
        return new Tensor[] {rowLoss, dHidden, dWeight};
    }

    private static Tensor[] conv2d(Workbench b, Conv2dSpec spec, int kernel, int in, int outChannels) {
        int height = 21;
        int width = 35;
        long outHeight = spec.outHeight(height, kernel);
        long outWidth = spec.outWidth(width, kernel);
        Tensor x = b.input(2, height, width, in);
        Tensor weight = b.input(outChannels, in, kernel, kernel);
        Tensor out = b.output(2, outHeight, outWidth, outChannels);
        Tensor dX = b.input(2, height, width, in);
        Tensor dWeight = b.input(outChannels, in, kernel, kernel);
        Tensor dBias = b.input(outChannels);
        b.backend.conv2d(spec, x, weight, b.input(outChannels), null, out);
        b.backend.conv2dBackward(spec, x, weight, b.input(2, outHeight, outWidth, outChannels), dX, dWeight, dBias);
        return new Tensor[] {out, dX, dWeight, dBias};
    }

    private static Tensor[] embedding(Workbench b) {
        Tensor ids = b.ids(701, 97);
        Tensor out = b.output(701, 129);
        Tensor dTable = b.input(97, 129);
        b.backend.embedding(b.input(97, 129), ids, out);
        b.backend.embeddingBackward(ids, b.input(701, 129), dTable);
        return new Tensor[] {out, dTable};
    }

    private static Tensor[] resample(Workbench b) {
        Tensor up = b.output(2, 34, 46, 37);
        Tensor down = b.output(2, 17, 23, 37);
        Tensor dUp = b.input(2, 17, 23, 37);
        Tensor dDown = b.input(2, 34, 46, 37);
        b.backend.upsampleNearest(b.input(2, 17, 23, 37), up);
        b.backend.averagePool(b.input(2, 34, 46, 37), down);
        b.backend.upsampleNearestBackward(b.input(2, 34, 46, 37), dUp);
        b.backend.averagePoolBackward(b.input(2, 17, 23, 37), dDown);
        return new Tensor[] {up, down, dUp, dDown};
    }

    private static Tensor[] elementwise(Workbench b) {
        Tensor x = b.input(257, 311);
        Tensor silu = b.output(257, 311);
        Tensor sum = b.output(257, 311);
        Tensor turned = b.output(257, 311);
        Tensor dX = b.input(257, 311);
        b.backend.unary(UnaryOp.SILU, x, silu);
        b.backend.unaryBackward(UnaryOp.SILU, x, silu, b.input(257, 311), dX);
        b.backend.binary(BinaryOp.MULTIPLY, x, b.input(311), sum);
        b.backend.copy(b.input(311, 257).permute(1, 0), turned);
        b.backend.addScaled(x, 0.3f, sum);
        return new Tensor[] {silu, dX, sum, turned};
    }

    private static Tensor[] reduce(Workbench b) {
        Tensor x = b.input(257, 311);
        Tensor all = b.output(1, 1);
        Tensor rows = b.output(257, 1);
        Tensor columns = b.output(1, 311);
        b.backend.reduce(ReduceOp.SUM, x, all);
        b.backend.reduce(ReduceOp.MEAN, x, rows);
        b.backend.reduce(ReduceOp.SUM, x, columns);
        Tensor norm = b.of(new float[] {(float) b.backend.sumOfSquares(x)}, 1);
        return new Tensor[] {all, rows, columns, norm};
    }

    private static Tensor[] dropout(Workbench b) {
        Tensor out = b.output(80_021);
        b.backend.dropout(0.25f, 3, 4, b.input(80_021), false, out);
        return new Tensor[] {out};
    }
}
