package org.xprompt4j.tensor;

import java.util.Arrays;
import java.util.function.UnaryOperator;

import org.xprompt4j.tensor.op.AttentionSpec;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.Conv2dSpec;
import org.xprompt4j.tensor.op.CrossEntropySpec;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.GroupNormSpec;
import org.xprompt4j.tensor.op.MatmulSpec;
import org.xprompt4j.tensor.op.QkNormRopeSpec;
import org.xprompt4j.tensor.op.ReduceOp;
import org.xprompt4j.tensor.op.UnaryOp;

/**
 * The fused operations as a tensor program calls them: results are allocated in a scope, computed by a backend and, when there
 * is a tape, recorded for the backward pass. The same program runs in training (with a tape) and in inference (without).
 *
 * <p>It also runs in F32 or BF16: activations begin in the type of these operations where rows of a table are taken, and results are of
 * their input's type from there on. Sums, losses and logits are F32.
 */
public final class Ops {
    private final Backend backend;
    private final MemoryScope scope;
    private final Tape tape; // null in inference
    private final DType activations;

    /** Operations without gradients. */
    public Ops(Backend backend, MemoryScope scope) {
        this(backend, scope, null);
    }

    /** Operations recorded on a tape; null for none. */
    public Ops(Backend backend, MemoryScope scope, Tape tape) {
        this(backend, scope, tape, DType.F32);
    }

    /** Operations whose activations begin as F32 or BF16; null for no tape. */
    public Ops(Backend backend, MemoryScope scope, Tape tape, DType activations) {
        if (activations != DType.F32 && activations != DType.BF16) {
            throw new IllegalArgumentException("activations are F32 or BF16, not " + activations);
        }
        this.backend = backend;
        this.scope = scope;
        this.tape = tape;
        this.activations = activations;
    }

    /** The backend that computes. */
    public Backend backend() {
        return backend;
    }

    /** The scope in which results are allocated. */
    public MemoryScope scope() {
        return scope;
    }

    /** The tape that records, or null. */
    public Tape tape() {
        return tape;
    }

    /** True when gradients are recorded, which is when dropout acts. */
    public boolean isTraining() {
        return tape != null;
    }

    private Tensor floats(long... dims) {
        return scope.allocate(DType.F32, dims);
    }

    private Tensor like(Tensor x) {
        return scope.allocate(x.dtype(), x.shape());
    }

    boolean tracked(Tensor... inputs) {
        if (tape == null) {
            return false;
        }
        for (Tensor input : inputs) {
            if (tape.tracks(input)) {
                return true;
            }
        }
        return false;
    }

    /** The same elements under another shape; one size may be -1. */
    public Tensor reshape(Tensor x, long... dims) {
        return view(x, x.reshape(dims), g -> g.reshape(dims));
    }

    /** Indices from..to of an axis, as a view. Kernels want contiguous tensors: see {@link #contiguous}. */
    public Tensor slice(Tensor x, int axis, long from, long to) {
        return view(x, x.slice(axis, from, to), g -> g.slice(axis, from, to));
    }

    /** The axes in another order, as a view. */
    public Tensor permute(Tensor x, int... order) {
        return view(x, x.permute(order), g -> g.permute(order));
    }

    private Tensor view(Tensor x, Tensor view, UnaryOperator<Tensor> of) {
        if (tape != null) {
            tape.recordView(x, view, of);
        }
        return view;
    }

    /** A row-major copy of a strided view; contiguous tensors come back as they are. */
    public Tensor contiguous(Tensor x) {
        if (x.isContiguous()) {
            return x;
        }
        Tensor out = scope.allocate(x.dtype(), x.shape());
        backend.copy(x, out);
        if (tracked(x)) {
            tape.record(out, dOut -> addReduced(dOut, x));
        }
        return out;
    }

    /** The same numbers in another type, F32 or BF16; x itself when it is of that type. */
    public Tensor cast(Tensor x, DType dtype) {
        Tensor out = ofType(dtype, x);
        if (out != x && tracked(x)) {
            tape.record(out, dOut -> addReduced(dOut, x));
        }
        return out;
    }

    /** Copies tensors of equal other sizes behind one another along an axis. */
    public Tensor concat(int axis, Tensor... parts) {
        return Concatenation.of(this, axis, parts);
    }

    /** x [..., k] times the transpose of weight [n, k], without or with a bias [n]. */
    public Tensor linear(Tensor x, Tensor weight, Tensor bias) {
        return linear(x, weight, bias, null);
    }

    /** {@link #linear(Tensor, Tensor, Tensor)} plus a residual [..., n]; bias and residual may be null. */
    public Tensor linear(Tensor x, Tensor weight, Tensor bias, Tensor residual) {
        return LinearLayer.of(this, x, weight, bias, residual, x.dtype());
    }

    /** {@link #linear(Tensor, Tensor, Tensor)} with a result in F32, whatever x is: logits. */
    public Tensor linearToF32(Tensor x, Tensor weight, Tensor bias) {
        return LinearLayer.of(this, x, weight, bias, null, DType.F32);
    }

    /** a [m, k] times b [k, n]. */
    public Tensor matmul(Tensor a, Tensor b) {
        Tensor out = scope.allocate(a.dtype(), a.dim(0), b.dim(1));
        backend.matmul(MatmulSpec.NN, a, b, Epilogue.NONE, out);
        if (tracked(a, b)) {
            tape.record(out, dOut -> {
                Tensor dA = tape.gradient(a);
                if (dA != null) {
                    backend.matmul(MatmulSpec.NT.accumulating(), dOut, b, Epilogue.NONE, dA);
                }
                Tensor dB = tape.gradient(b);
                if (dB != null) {
                    backend.matmul(MatmulSpec.TN.accumulating(), a, dOut, Epilogue.NONE, dB);
                }
            });
        }
        return out;
    }

    /** Rows of a table [rows, dim] by ids [...]: result [..., dim]. Also gathers rows of any matrix. */
    public Tensor embedding(Tensor table, Tensor ids) {
        long[] dims = Arrays.copyOf(ids.shape().toArray(), ids.rank() + 1);
        dims[ids.rank()] = table.dim(1);
        Tensor out = scope.allocate(activations, dims);
        Tensor flat = ids.reshape(-1);
        backend.embedding(table, flat, out.reshape(-1, table.dim(1)));
        if (tracked(table)) {
            tape.record(out, dOut -> backend.embeddingBackward(flat, dOut.reshape(-1, table.dim(1)), tape.gradient(table)));
        }
        return out;
    }

    /** RMSNorm of the last axis; weight [dim]. */
    public Tensor rmsNorm(Tensor x, Tensor weight, float eps) {
        Tensor out = like(x);
        long dim = x.dim(-1);
        Tensor x2 = x.reshape(-1, dim);
        boolean tracked = tracked(x, weight);
        Tensor inverseRms = tracked ? floats(x2.dim(0)) : null;
        backend.rmsNorm(eps, x2, weight, out.reshape(-1, dim), inverseRms);
        if (tracked) {
            tape.record(out, dOut -> backend.rmsNormBackward(x2, weight, inverseRms, dOut.reshape(-1, dim),
                    flat(tape.gradient(x), dim), tape.gradient(weight)));
        }
        return out;
    }

    /** LayerNorm of the last axis; weight and bias [dim]. */
    public Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, float eps) {
        Tensor out = like(x);
        long dim = x.dim(-1);
        Tensor x2 = x.reshape(-1, dim);
        backend.layerNorm(eps, x2, weight, bias, out.reshape(-1, dim));
        if (tracked(x, weight, bias)) {
            tape.record(out, dOut -> backend.layerNormBackward(eps, x2, weight, dOut.reshape(-1, dim),
                    flat(tape.gradient(x), dim), tape.gradient(weight), tape.gradient(bias)));
        }
        return out;
    }

    private static Tensor flat(Tensor x, long dim) {
        return x == null ? null : x.reshape(-1, dim);
    }

    /** GroupNorm and activation of x [batch, height, width, channels]; weight and bias [channels]. */
    public Tensor groupNorm(GroupNormSpec spec, Tensor x, Tensor weight, Tensor bias) {
        Tensor out = like(x);
        Tensor mean = floats(x.dim(0), spec.groups());
        Tensor inverseStd = floats(x.dim(0), spec.groups());
        backend.groupNorm(spec, x, weight, bias, out, mean, inverseStd);
        if (tracked(x, weight, bias)) {
            tape.record(out, dOut -> backend.groupNormBackward(spec, x, weight, bias, mean, inverseStd, dOut,
                    tape.gradient(x), tape.gradient(weight), tape.gradient(bias)));
        }
        return out;
    }

    /** Norm and rotary embedding of heads x [batch, seq, heads, headDim]; positions [batch, seq] I32. */
    public Tensor qkNormRope(QkNormRopeSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor positions) {
        Tensor out = like(x);
        backend.qkNormRope(spec, x, weight, bias, positions, out);
        if (tracked(x, weight, bias)) {
            tape.record(out, dOut -> backend.qkNormRopeBackward(spec, x, weight, positions, dOut,
                    tape.gradient(x), tape.gradient(weight), tape.gradient(bias)));
        }
        return out;
    }

    /** Masked attention; q [batch, queries, heads, headDim], k and v [batch, keys, kvHeads, headDim]. */
    public Tensor attention(AttentionSpec spec, Tensor q, Tensor k, Tensor v) {
        Tensor out = like(q);
        boolean tracked = tracked(q, k, v);
        Tensor logSumExp = tracked ? floats(q.dim(0), q.dim(2), q.dim(1)) : null;
        backend.attention(spec, q, k, v, out, logSumExp);
        if (tracked) {
            tape.record(out, dOut -> backend.attentionBackward(spec, q, k, v, out, logSumExp, dOut,
                    tape.gradient(q), tape.gradient(k), tape.gradient(v)));
        }
        return out;
    }

    /** silu(gate) ⊙ up. */
    public Tensor swiGlu(Tensor gate, Tensor up) {
        Tensor out = like(gate);
        backend.swiGlu(gate, up, out);
        if (tracked(gate, up)) {
            tape.record(out, dOut -> backend.swiGluBackward(gate, up, dOut, tape.gradient(gate), tape.gradient(up)));
        }
        return out;
    }

    /**
     * Mean cross entropy (and z-loss) of hidden [rows, dim] · weightᵀ [vocab, dim] over the rows whose label is counted.
     *
     * @param counted number of rows whose label is not {@link CrossEntropySpec#IGNORED}; positive
     * @return [1]
     */
    public Tensor linearCrossEntropy(CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, int counted) {
        if (counted < 1) {
            throw new IllegalArgumentException("cross entropy over no counted row of " + labels);
        }
        Tensor rowLoss = floats(hidden.dim(0));
        Tensor logSumExp = floats(hidden.dim(0));
        backend.linearCrossEntropy(spec, hidden, weight, labels, rowLoss, logSumExp);
        Tensor out = floats(1);
        backend.reduce(ReduceOp.SUM, rowLoss, out);
        backend.scale(out, 1f / counted, out);
        if (tracked(hidden, weight)) {
            tape.record(out, dOut -> backend.linearCrossEntropyBackward(spec, hidden, weight, labels, logSumExp,
                    1f / counted, dOut, tape.gradient(hidden), tape.gradient(weight)));
        }
        return out;
    }

    /** Convolution of x [batch, height, width, in] with weight [out, in, kh, kw]; bias [out] and residual may be null. */
    public Tensor conv2d(Conv2dSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor residual) {
        Tensor out = scope.allocate(x.dtype(), x.dim(0), spec.outHeight(x.dim(1), weight.dim(2)), spec.outWidth(x.dim(2), weight.dim(3)), weight.dim(0));
        backend.conv2d(spec, x, weight, bias, residual, out);
        if (tracked(x, weight, bias, residual)) {
            tape.record(out, dOut -> {
                backend.conv2dBackward(spec, x, weight, dOut, tape.gradient(x), tape.gradient(weight), tape.gradient(bias));
                addReduced(dOut, residual);
            });
        }
        return out;
    }

    /** Every pixel four times: [batch, h, w, c] to [batch, 2h, 2w, c]. */
    public Tensor upsampleNearest(Tensor x) {
        Tensor out = scope.allocate(x.dtype(), x.dim(0), 2 * x.dim(1), 2 * x.dim(2), x.dim(3));
        backend.upsampleNearest(x, out);
        if (tracked(x)) {
            tape.record(out, dOut -> backend.upsampleNearestBackward(dOut, tape.gradient(x)));
        }
        return out;
    }

    /** Mean of 2x2 pixels: [batch, 2h, 2w, c] to [batch, h, w, c]. */
    public Tensor averagePool(Tensor x) {
        Tensor out = scope.allocate(x.dtype(), x.dim(0), x.dim(1) / 2, x.dim(2) / 2, x.dim(3));
        backend.averagePool(x, out);
        if (tracked(x)) {
            tape.record(out, dOut -> backend.averagePoolBackward(dOut, tape.gradient(x)));
        }
        return out;
    }

    /** Codes [rows] (I32) of z [rows, dim] in a codebook [codes, dim]; not differentiable. */
    public Tensor nearestCode(Tensor z, Tensor codebook) {
        Tensor codes = scope.allocate(DType.I32, z.dim(0));
        backend.nearestCode(z, codebook, codes);
        return codes;
    }

    /** The value of {@code forward} with the gradient of {@code z}: the straight-through estimator of a quantiser. */
    public Tensor straightThrough(Tensor z, Tensor forward) {
        Tensor out = like(z);
        backend.copy(forward, out);
        if (tracked(z)) {
            tape.record(out, dOut -> addReduced(dOut, z));
        }
        return out;
    }

    /** Dropout while training; x itself in inference or at probability 0. */
    public Tensor dropout(Tensor x, float probability, long seed, long stream) {
        if (!isTraining() || probability == 0) {
            return x;
        }
        Tensor out = like(x);
        backend.dropout(probability, seed, stream, x, false, out);
        if (tracked(x)) {
            tape.record(out, dOut -> backend.dropout(probability, seed, stream, dOut, true, tape.gradient(x)));
        }
        return out;
    }

    /** Elementwise function of one tensor. */
    public Tensor unary(UnaryOp op, Tensor x) {
        Tensor out = like(x);
        backend.unary(op, x, out);
        if (tracked(x)) {
            tape.record(out, dOut -> backend.unaryBackward(op, x, out, dOut, tape.gradient(x)));
        }
        return out;
    }

    /** a + b, broadcast. */
    public Tensor add(Tensor a, Tensor b) {
        return binary(BinaryOp.ADD, a, b);
    }

    /** a - b, broadcast. */
    public Tensor subtract(Tensor a, Tensor b) {
        return binary(BinaryOp.SUBTRACT, a, b);
    }

    /** a ⊙ b, broadcast. */
    public Tensor multiply(Tensor a, Tensor b) {
        return binary(BinaryOp.MULTIPLY, a, b);
    }

    /** a / b, broadcast. */
    public Tensor divide(Tensor a, Tensor b) {
        return binary(BinaryOp.DIVIDE, a, b);
    }

    /** Elementwise function of two tensors under NumPy's broadcasting; MAXIMUM and MINIMUM have no gradient. */
    public Tensor binary(BinaryOp op, Tensor a, Tensor b) {
        Tensor out = scope.allocate(a.dtype(), Shape.broadcast(a.shape(), b.shape()));
        backend.binary(op, a, b, out);
        if (tracked(a, b)) {
            tape.record(out, BinaryGradient.of(op, this, a, b, out));
        }
        return out;
    }

    /** factor · x. */
    public Tensor scale(Tensor x, float factor) {
        Tensor out = like(x);
        backend.scale(x, factor, out);
        if (tracked(x)) {
            tape.record(out, dOut -> backend.addScaled(dOut, factor, tape.gradient(x)));
        }
        return out;
    }

    /** Sum of all elements: [1]. */
    public Tensor sum(Tensor x) {
        return sum(x, Shape.of(1));
    }

    /** Mean of all elements: [1]. */
    public Tensor mean(Tensor x) {
        return scale(sum(x), 1f / x.numel());
    }

    /** Sum over axes down to a shape that broadcasts to x's; ranks equal, or [1] for everything. */
    public Tensor sum(Tensor x, Shape target) {
        return Summation.of(this, x, target);
    }

    /** Adds a gradient to that of an input which was broadcast in the forward pass: stretched axes are summed. */
    void addReduced(Tensor dOut, Tensor input) {
        ReducedGradient.add(this, dOut, input);
    }

    /** The same numbers in another type, not recorded: for a gradient that an operation takes in one type alone. */
    Tensor ofType(DType dtype, Tensor x) {
        if (x.dtype() == dtype) {
            return x;
        }
        Tensor out = scope.allocate(dtype, x.shape());
        backend.copy(x, out);
        return out;
    }
}
