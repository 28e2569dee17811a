package org.xprompt4j.tests.contract;

import java.util.ArrayList;
import java.util.List;
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
import org.xprompt4j.tensor.op.Operation;
import org.xprompt4j.tensor.op.QkNormRopeSpec;
import org.xprompt4j.tensor.op.ReduceOp;
import org.xprompt4j.tensor.op.UnaryOp;

/**
 * Every operation on the activations of a workbench, whose type the workbench chooses. A case returns all that it wrote; on two
 * benches of one seed it computes from the same numbers.
 */
final class Bf16Operations {
    /**
     * One call, or a forward call and its backward.
     *
     * @param operations what it covers
     * @param roundsInside products inside the operation may round their operands (probabilities, their gradients) to BF16 once more
     */
    record Case(String name, List<Operation> operations, boolean roundsInside, Function<Workbench, Tensor[]> run) {
    }

    private final List<Case> cases = new ArrayList<>();

    private Bf16Operations() {
    }

    private void add(String name, Function<Workbench, Tensor[]> run, Operation... operations) {
        cases.add(new Case(name, List.of(operations), false, run));
    }

    private void addRounding(String name, Function<Workbench, Tensor[]> run, Operation... operations) {
        cases.add(new Case(name, List.of(operations), true, run));
    }

    /** All cases; each draws its own sizes. */
    static List<Case> all() {
        Bf16Operations all = new Bf16Operations();
        for (DType weights : new DType[] {DType.F32, DType.BF16}) {
            all.products(weights);
            all.norms(weights);
            all.losses(weights);
            all.pictures(weights);
        }
        all.attention();
        all.elementwise();
        return all.cases;
    }

    private void products(DType weights) {
        for (MatmulSpec spec : new MatmulSpec[] {MatmulSpec.NN, MatmulSpec.NT, MatmulSpec.TN, MatmulSpec.NN.accumulating(),
            MatmulSpec.NT.accumulating(), MatmulSpec.TN.accumulating()}) {
            add("matmul " + spec + " b " + weights, b -> matmul(b, spec, weights, b.awkward(), b.awkward(), b.awkward(), false), Operation.MATMUL);
            add("matmul " + spec + " b " + weights + " to F32", b -> matmul(b, spec, weights, b.awkward(), b.awkward(), b.awkward(), true),
                    Operation.MATMUL);
            add("matmul " + spec + " b " + weights + " of several tiles", b -> matmul(b, spec, weights, 67, 72, 131, spec.transposeA()), Operation.MATMUL);
        }
        add("matmul with epilogue, b " + weights, b -> {
            int m = b.awkward();
            int n = b.awkward();
            int k = b.awkward();
            Tensor out = b.activation(m, n);
            b.backend.matmul(MatmulSpec.NT, b.activation(m, k), b.input(weights, n, k),
                    new Epilogue(b.input(weights, n), Activation.SILU, b.activation(m, n), out), out);
            return new Tensor[] {out};
        }, Operation.MATMUL);
        add("int8Matmul, bias " + weights, b -> {
            int m = b.awkward();
            int n = b.awkward();
            int k = b.awkward();
            Tensor out = b.activationOutput(m, n);
            b.backend.int8Matmul(b.activation(m, k), b.int8Input(n, k), b.input(n), new Epilogue(b.input(weights, n), Activation.NONE, null, b.activation(m, n)), out);
            return new Tensor[] {out};
        }, Operation.INT8_MATMUL);
    }

    private static Tensor[] matmul(Workbench b, MatmulSpec spec, DType weights, int m, int n, int k, boolean toF32) {
        Tensor out = toF32 ? spec.accumulate() ? b.input(m, n) : b.output(m, n) : spec.accumulate() ? b.activation(m, n) : b.activationOutput(m, n);
        b.backend.matmul(spec, spec.transposeA() ? b.activation(k, m) : b.activation(m, k),
                spec.transposeB() ? b.input(weights, n, k) : b.input(weights, k, n), Epilogue.NONE, out);
        return new Tensor[] {out};
    }

    private void norms(DType weights) {
        add("rmsNorm, weight " + weights, b -> {
            long[] dims = {b.awkward(), b.awkward()};
            Tensor x = b.activation(dims);
            Tensor weight = b.input(weights, dims[1]);
            Tensor out = b.activationOutput(dims);
            Tensor inverseRms = b.output(dims[0]);
            Tensor dX = b.activation(dims);
            Tensor dWeight = b.input(dims[1]);
            b.backend.rmsNorm(1e-5f, x, weight, out, inverseRms);
            b.backend.rmsNormBackward(x, weight, inverseRms, b.activation(dims), dX, dWeight);
            return new Tensor[] {out, inverseRms, dX, dWeight};
        }, Operation.RMS_NORM, Operation.RMS_NORM_BACKWARD);
        add("layerNorm, weight " + weights, b -> {
            long[] dims = {b.awkward(), 1 + b.awkward()};
            Tensor x = b.activation(dims);
            Tensor weight = b.input(weights, dims[1]);
            Tensor out = b.activationOutput(dims);
            Tensor dX = b.activation(dims);
            Tensor dWeight = b.input(dims[1]);
            Tensor dBias = b.input(dims[1]);
            b.backend.layerNorm(1e-5f, x, weight, b.input(weights, dims[1]), out);
            b.backend.layerNormBackward(1e-5f, x, weight, b.activation(dims), dX, dWeight, dBias);
            return new Tensor[] {out, dX, dWeight, dBias};
        }, Operation.LAYER_NORM, Operation.LAYER_NORM_BACKWARD);
        add("groupNorm, weight " + weights, b -> {
            GroupNormSpec spec = new GroupNormSpec(b.between(1, 4), 1e-6f, Activation.SILU);
            int channels = spec.groups() * b.between(1, 9);
            long[] dims = {2, 5, 7, channels};
            Tensor x = b.activation(dims);
            Tensor weight = b.input(weights, channels);
            Tensor bias = b.input(weights, channels);
            Tensor out = b.activationOutput(dims);
            Tensor mean = b.output(2, spec.groups());
            Tensor inverseStd = b.output(2, spec.groups());
            Tensor dX = b.activation(dims);
            Tensor dWeight = b.input(channels);
            Tensor dBias = b.input(channels);
            b.backend.groupNorm(spec, x, weight, bias, out, mean, inverseStd);
            b.backend.groupNormBackward(spec, x, weight, bias, mean, inverseStd, b.activation(dims), dX, dWeight, dBias);
            return new Tensor[] {out, mean, inverseStd, dX, dWeight, dBias};
        }, Operation.GROUP_NORM, Operation.GROUP_NORM_BACKWARD);
        add("qkNormRope, weight " + weights, b -> {
            QkNormRopeSpec spec = new QkNormRopeSpec(1e-5f, 10_000);
            int groups = b.between(1, 3);
            long[] dims = {2, b.awkward(), groups * b.between(1, 2), 2 * b.between(2, 17)};
            Tensor x = b.activation(dims);
            Tensor weight = b.input(weights, groups, dims[3]);
            Tensor positions = b.ids((int) (2 * dims[1]), 300).reshape(2, dims[1]);
            Tensor out = b.activationOutput(dims);
            Tensor dX = b.activation(dims);
            Tensor dWeight = b.input(groups, dims[3]);
            Tensor dBias = b.input(groups, dims[3]);
            b.backend.qkNormRope(spec, x, weight, b.input(weights, groups, dims[3]), positions, out);
            b.backend.qkNormRopeBackward(spec, x, weight, positions, b.activation(dims), dX, dWeight, dBias);
            return new Tensor[] {out, dX, dWeight, dBias};
        }, Operation.QK_NORM_ROPE, Operation.QK_NORM_ROPE_BACKWARD);
    }

    private void attention() {
        for (Masks masks : new Masks[] {Masks.causal(37, 43), Masks.full(33, 17), Masks.xprompt(61, 8, 29)}) {
            addRounding("attention " + masks.mask(), b -> {
                AttentionSpec spec = new AttentionSpec(0.2f, masks.mask());
                long[] queries = {2, masks.mask().queries(), 4, 27};
                long[] keys = {2, masks.mask().keys(), 2, 27};
                Tensor q = b.activation(queries);
                Tensor k = b.activation(keys);
                Tensor v = b.activation(keys);
                Tensor out = b.activationOutput(queries);
                Tensor logSumExp = b.output(2, 4, queries[1]);
                b.backend.attention(spec, q, k, v, out, logSumExp);
                Tensor forward = b.activation(queries); // the same numbers on both benches, whatever the forward pass gave
                Tensor dQ = b.activation(queries);
                Tensor dK = b.activation(keys);
                Tensor dV = b.activation(keys);
                b.backend.attentionBackward(spec, q, k, v, forward, logSumExp, b.activation(queries), dQ, dK, dV);
                return new Tensor[] {out, logSumExp, dQ, dK, dV};
            }, Operation.ATTENTION, Operation.ATTENTION_BACKWARD);
        }
        for (DType cache : new DType[] {DType.F32, DType.BF16}) {
            addRounding("cachedAttention, cache " + cache, b -> {
                int dim = b.awkward();
                Tensor out = b.activationOutput(3, 4, dim);
                b.backend.cachedAttention(0.2f, b.activation(3, 4, dim), b.input(cache, 3, 67, 2, dim), b.input(cache, 3, 67, 2, dim),
                        b.of(new int[] {67, 1, 33}, 3), out);
                return new Tensor[] {out};
            }, Operation.CACHED_ATTENTION);
            add("appendToCache, cache " + cache, b -> {
                int dim = b.awkward();
                Tensor keys = b.input(cache, 3, 11, 2, dim);
                Tensor values = b.input(cache, 3, 11, 2, dim);
                b.backend.appendToCache(b.activation(3, 4, 2, dim), b.activation(3, 4, 2, dim), b.of(new int[] {11, 4, 7}, 3), keys, values);
                return new Tensor[] {keys, values};
            }, Operation.APPEND_TO_CACHE);
        }
    }

    private void losses(DType weights) {
        add("embedding, table " + weights, b -> {
            int dim = b.awkward();
            Tensor ids = b.ids(b.awkward(), 7);
            Tensor out = b.activationOutput(ids.numel(), dim);
            Tensor dTable = b.input(7, dim);
            Tensor dRows = b.activation(7, dim); // where the table holds activations
            b.backend.embedding(b.input(weights, 7, dim), ids, out);
            b.backend.embeddingBackward(ids, b.activation(ids.numel(), dim), dTable);
            b.backend.embeddingBackward(ids, b.activation(ids.numel(), dim), dRows);
            return new Tensor[] {out, dTable, dRows};
        }, Operation.EMBEDDING, Operation.EMBEDDING_BACKWARD);
        addRounding("linearCrossEntropy, weight " + weights, b -> {
            CrossEntropySpec spec = new CrossEntropySpec(1e-3f);
            int rows = b.awkward();
            int dim = b.awkward();
            int vocab = 1 + b.awkward() + (weights == DType.F32 ? 0 : 200);
            Tensor hidden = b.activation(rows, dim);
            Tensor weight = b.input(weights, vocab, dim);
            int[] labels = b.ids(rows, vocab).toIntArray();
            labels[0] = rows > 1 ? CrossEntropySpec.IGNORED : 0;
            Tensor label = b.of(labels, rows);
            Tensor rowLoss = b.output(rows);
            Tensor logSumExp = b.output(rows);
            Tensor dHidden = b.activation(rows, dim);
            Tensor dWeight = b.input(vocab, dim);
            b.backend.linearCrossEntropy(spec, hidden, weight, label, rowLoss, logSumExp);
            b.backend.linearCrossEntropyBackward(spec, hidden, weight, label, logSumExp, 0.3f, b.of(new float[] {0.7f}, 1), dHidden, dWeight);
            return new Tensor[] {rowLoss, dHidden, dWeight};
        }, Operation.LINEAR_CROSS_ENTROPY, Operation.LINEAR_CROSS_ENTROPY_BACKWARD);
    }

    private void pictures(DType weights) {
        for (Conv2dSpec spec : new Conv2dSpec[] {Conv2dSpec.padded(1), Conv2dSpec.downsample()}) {
            add("conv2d " + spec + ", weight " + weights, b -> {
                int in = b.awkward();
                int out = b.awkward();
                long[] large = {2, spec.outHeight(7, 3), spec.outWidth(9, 3), out};
                Tensor x = b.activation(2, 7, 9, in);
                Tensor weight = b.input(weights, out, in, 3, 3);
                Tensor y = b.activationOutput(large);
                Tensor dX = b.activation(2, 7, 9, in);
                Tensor dWeight = b.input(out, in, 3, 3);
                Tensor dBias = b.input(out);
                b.backend.conv2d(spec, x, weight, b.input(weights, out), b.activation(large), y);
                b.backend.conv2dBackward(spec, x, weight, b.activation(large), dX, dWeight, dBias);
                return new Tensor[] {y, dX, dWeight, dBias};
            }, Operation.CONV2D, Operation.CONV2D_BACKWARD);
        }
        add("resampling " + weights, b -> {
            int channels = b.awkward();
            Tensor up = b.activationOutput(2, 6, 10, channels);
            Tensor down = b.activationOutput(2, 3, 5, channels);
            Tensor dUp = b.activation(2, 3, 5, channels);
            Tensor dDown = b.activation(2, 6, 10, channels);
            b.backend.upsampleNearest(b.activation(2, 3, 5, channels), up);
            b.backend.averagePool(b.activation(2, 6, 10, channels), down);
            b.backend.upsampleNearestBackward(b.activation(2, 6, 10, channels), dUp);
            b.backend.averagePoolBackward(b.activation(2, 3, 5, channels), dDown);
            return new Tensor[] {up, down, dUp, dDown};
        }, Operation.UPSAMPLE_NEAREST, Operation.UPSAMPLE_NEAREST_BACKWARD, Operation.AVERAGE_POOL, Operation.AVERAGE_POOL_BACKWARD);
    }

    private void elementwise() {
        add("nearestCode", b -> {
            Tensor codes = b.intOutput(29);
            b.backend.nearestCode(b.activation(29, 5), b.input(17, 5), codes);
            return new Tensor[] {codes};
        }, Operation.NEAREST_CODE);
        add("swiGlu", b -> {
            long[] dims = {b.awkward(), b.awkward()};
            Tensor gate = b.activation(dims);
            Tensor up = b.activation(dims);
            Tensor out = b.activationOutput(dims);
            Tensor dGate = b.activation(dims);
            Tensor dUp = b.activation(dims);
            b.backend.swiGlu(gate, up, out);
            b.backend.swiGluBackward(gate, up, b.activation(dims), dGate, null);
            b.backend.swiGluBackward(gate, up, b.activation(dims), null, dUp);
            return new Tensor[] {out, dGate, dUp};
        }, Operation.SWI_GLU, Operation.SWI_GLU_BACKWARD);
        for (UnaryOp op : new UnaryOp[] {UnaryOp.SILU, UnaryOp.TANH, UnaryOp.SQUARE, UnaryOp.LEAKY_RELU, UnaryOp.GELU}) {
            add("unary " + op, b -> unary(b, op), Operation.UNARY, Operation.UNARY_BACKWARD);
        }
        add("binary", b -> {
            int rows = b.awkward();
            int columns = b.awkward();
            Tensor sum = b.activation(rows, columns);
            Tensor product = b.activationOutput(rows, columns);
            b.backend.binary(BinaryOp.ADD, sum, b.activation(columns, rows).permute(1, 0), sum); // into an operand
            b.backend.binary(BinaryOp.MULTIPLY, b.activation(rows, 1), b.activation(columns), product);
            return new Tensor[] {sum, product};
        }, Operation.BINARY);
        add("reduce", b -> {
            int columns = b.awkward();
            Tensor x = b.activation(columns, 131).permute(1, 0);
            Tensor rows = b.activationOutput(131, 1);
            Tensor wide = b.output(1, columns);
            b.backend.reduce(ReduceOp.MEAN, x, rows);
            b.backend.reduce(ReduceOp.SUM, x, wide);
            return new Tensor[] {rows, wide};
        }, Operation.REDUCE);
        add("scale, addScaled, dropout", b -> {
            int n = 100 + b.awkward();
            Tensor scaled = b.activation(n);
            Tensor sum = b.activation(n);
            Tensor dropped = b.activationOutput(n);
            Tensor dX = b.activation(n);
            b.backend.scale(scaled, -0.37f, scaled);
            b.backend.addScaled(b.activation(n), 0.3f, sum);
            b.backend.dropout(0.25f, 3, 4, b.activation(n), false, dropped);
            b.backend.dropout(0.25f, 3, 4, b.activation(n), true, dX);
            return new Tensor[] {scaled, sum, dropped, dX};
        }, Operation.SCALE, Operation.ADD_SCALED, Operation.DROPOUT);
    }

    private static Tensor[] unary(Workbench b, UnaryOp op) {
        int rows = b.awkward();
        int columns = b.awkward();
        Tensor x = b.activation(columns, rows).permute(1, 0);
        Tensor out = b.activationOutput(rows, columns);
        Tensor dX = b.activation(columns, rows);
        b.backend.unary(op, x, out);
        b.backend.unaryBackward(op, x, b.activation(rows, columns), b.activation(rows, columns), dX.permute(1, 0));
        return new Tensor[] {out, dX};
    }
}
