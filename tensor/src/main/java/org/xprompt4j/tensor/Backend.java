package org.xprompt4j.tensor;

import java.util.List;

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
 * The fused operations over tensors of one device. Programs call them through {@link Ops}, which allocates results and
 * records gradients; a backend only computes.
 *
 * <p>Rules for all methods, checked before any device sees the call. Tensors are contiguous unless a method says otherwise. Outputs
 * are overwritten, whatever they held; <b>gradients are added to</b> ({@code +=}), and a null gradient is not computed. No axis is
 * empty. Pictures are channels-last. Sizes that contradict each other throw {@link IllegalArgumentException} naming the operation
 * and both shapes. Results do not depend on the number of threads.
 *
 * <p>Types: <b>activations and their gradients</b> (a, x, q, gate, hidden, out, residual, dOut, dX, dQ, ...) are F32 or BF16, all
 * those of one call of one type. An output that does not flow on may stay F32 where the inputs are BF16: logits and gradients of
 * weights by {@link #matmul} (whose multiplier and residual are of out's type), {@link #reduce}, and dTable. <b>Weights</b> (matmul's b,
 * tables, kernels, norm weights and biases) are F32 or BF16 whatever the activations are. Gradients of weights, statistics that the
 * backward pass reads (inverseRms, mean, logSumExp), losses, the logits that are sampled and all that the optimiser keeps are F32.
 * BF16 is a format of memory: every operation computes on floats, every accumulation is float32 or wider, and each element is
 * rounded once, to the nearest even, when it is written; a BF16 gradient is widened, added to and rounded. Of BF16 activations, attention
 * and the gradients of the loss may round the operands of their inner products (probabilities and the gradients of scores) too.
 *
 * <p>A backend need not know BF16 activations: an operation that {@link #computesBf16} does not name is given F32 tensors and its
 * results are rounded, by the decorator behind which {@link Backends#open} puts every device.
 */
public interface Backend extends AutoCloseable {
    /** Device name: {@code cpu}, {@code scalar}, ... */
    String device();

    /** One line for logs: what computes, how wide, how many workers. */
    String description();

    /** True when this device computes on such memory as it is; the host's devices do so on pooled blocks and mapped files. */
    default boolean canAddress(Storage storage) {
        return storage instanceof HostStorage;
    }

    /**
     * True when the backend itself takes BF16 for every tensor of the operation that the rules allow in it: activations of any shape and strides
     * and, in backward methods, weights. The answer is the same for each call, whatever the shapes.
     */
    default boolean computesBf16(Operation operation) {
        return false;
    }

    /** Opens a scope for tensors of this device. */
    MemoryScope openScope(String name);

    /** The memory behind the scopes, for measuring. */
    MemoryPool memory();

    /**
     * out = epilogue(a · b).
     *
     * @param a [m, k], or [k, m] with transposeA
     * @param b [k, n], or [n, k] with transposeB; F32 or BF16
     * @param out [m, n], of a's type or F32
     */
    void matmul(MatmulSpec spec, Tensor a, Tensor b, Epilogue epilogue, Tensor out);

    /**
     * out = epilogue((a · weightᵀ) ⊙ scales): a linear layer whose weight is quantised to eight bits, symmetrically, with one scale
     * for each output channel. The sums are float32 over products of a's elements with the weight's whole numbers.
     *
     * @param a [m, k]
     * @param weight [n, k], I8
     * @param scales [n], F32
     * @param out [m, n], of a's type or F32
     */
    void int8Matmul(Tensor a, Tensor weight, Tensor scales, Epilogue epilogue, Tensor out);

    /**
     * Several linear layers of one input (queries, keys and values), with the bits of {@link #matmul} and {@link #int8Matmul} one after the
     * other. None reads or writes what another writes, so a device may work on all of them at once: in decoding each alone is too
     * short to keep its threads busy to the end.
     *
     * @param a [m, k]
     */
    default void projections(Tensor a, List<Projection> projections) {
        for (Projection p : projections) {
            if (p.scales() == null) {
                matmul(MatmulSpec.NT, a, p.weight(), p.epilogue(), p.out());
            } else {
                int8Matmul(a, p.weight(), p.scales(), p.epilogue(), p.out());
            }
        }
    }

    /**
     * Rows of a table. An id outside the table throws.
     *
     * @param table [rows, dim], F32 or BF16
     * @param ids [n], I32
     * @param out [n, dim]
     */
    void embedding(Tensor table, Tensor ids, Tensor out);

    /**
     * Adds gradient rows to their table rows, in the order of the ids.
     *
     * @param ids [n], I32
     * @param dOut [n, dim]
     * @param dTable [rows, dim], F32 or of dOut's type
     */
    void embeddingBackward(Tensor ids, Tensor dOut, Tensor dTable);

    /**
     * out = weight ⊙ x / sqrt(mean(x²) + eps).
     *
     * @param x [rows, dim]
     * @param weight [dim]
     * @param out [rows, dim]
     * @param inverseRms [rows], kept for the backward pass; may be null
     */
    void rmsNorm(float eps, Tensor x, Tensor weight, Tensor out, Tensor inverseRms);

    /** Gradients of {@link #rmsNorm}: dX [rows, dim], dWeight [dim]. */
    void rmsNormBackward(Tensor x, Tensor weight, Tensor inverseRms, Tensor dOut, Tensor dX, Tensor dWeight);

    /**
     * out = weight ⊙ (x - mean) / sqrt(variance + eps) + bias, over the last axis.
     *
     * @param x [rows, dim]
     * @param weight [dim]
     * @param bias [dim]
     * @param out [rows, dim]
     */
    void layerNorm(float eps, Tensor x, Tensor weight, Tensor bias, Tensor out);

    /** Gradients of {@link #layerNorm}: dX [rows, dim], dWeight [dim], dBias [dim]. */
    void layerNormBackward(float eps, Tensor x, Tensor weight, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias);

    /**
     * Normalises groups of channels of each picture, then the affine map and the activation.
     *
     * @param x [batch, height, width, channels]
     * @param weight [channels]
     * @param bias [channels]
     * @param out [batch, height, width, channels]
     * @param mean [batch, groups], kept for the backward pass
     * @param inverseStd [batch, groups], likewise
     */
    void groupNorm(GroupNormSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor out, Tensor mean, Tensor inverseStd);

    /** Gradients of {@link #groupNorm}: dX as x, dWeight [channels], dBias [channels]. */
    void groupNormBackward(GroupNormSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor inverseStd, Tensor dOut,
            Tensor dX, Tensor dWeight, Tensor dBias);

    /**
     * LayerNorm of every head, then the rotary embedding of its position.
     *
     * @param x [batch, seq, heads, headDim]
     * @param weight [groups, headDim], groups divides heads; head h uses row h / (heads/groups)
     * @param bias [groups, headDim]
     * @param positions [batch, seq], I32
     * @param out [batch, seq, heads, headDim]
     */
    void qkNormRope(QkNormRopeSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor positions, Tensor out);

    /** Gradients of {@link #qkNormRope}: dX as x, dWeight and dBias [groups, headDim]. */
    void qkNormRopeBackward(QkNormRopeSpec spec, Tensor x, Tensor weight, Tensor positions, Tensor dOut,
            Tensor dX, Tensor dWeight, Tensor dBias);

    /**
     * Masked softmax attention without a score matrix in memory. Query head h uses key head h / (heads/kvHeads).
     *
     * @param q [batch, queries, heads, headDim]
     * @param k [batch, keys, kvHeads, headDim]
     * @param v [batch, keys, kvHeads, headDim]
     * @param out [batch, queries, heads, headDim]
     * @param logSumExp [batch, heads, queries], kept for the backward pass; may be null
     */
    void attention(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp);

    /** Gradients of {@link #attention}: dQ, dK, dV shaped as q, k, v. */
    void attentionBackward(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp, Tensor dOut,
            Tensor dQ, Tensor dK, Tensor dV);

    /**
     * One new query per row over that row's cache: the decode step. A row's result does not depend on other rows.
     *
     * @param q [batch, heads, headDim]
     * @param keys [batch, capacity, kvHeads, headDim], F32 or BF16
     * @param values [batch, capacity, kvHeads, headDim], of the keys' type
     * @param lengths [batch], I32, number of valid cache entries, 1..capacity
     * @param out [batch, heads, headDim]
     */
    void cachedAttention(float scale, Tensor q, Tensor keys, Tensor values, Tensor lengths, Tensor out);

    /**
     * Writes each row's newest keys and values behind the others: entries {@code lengths[b] - count} to {@code lengths[b]} of row
     * b's cache. Where they go is read on the device, so that every step of decoding is the same call.
     *
     * @param k [batch, count, kvHeads, headDim]
     * @param v [batch, count, kvHeads, headDim]
     * @param lengths [batch], I32, valid cache entries with the new ones, count..capacity
     * @param keys [batch, capacity, kvHeads, headDim], F32 or BF16
     * @param values [batch, capacity, kvHeads, headDim], of the keys' type
     */
    void appendToCache(Tensor k, Tensor v, Tensor lengths, Tensor keys, Tensor values);

    /**
     * Ends a draw of one token a row: keeps the tokens as that step's in {@code drawn}, then adds one to every counter.
     *
     * @param tokens [rows], I32
     * @param counters [kinds, rows], I32; the last kind counts a row's steps, 0..steps-1 at the call
     * @param drawn [steps, rows], I32
     */
    void advance(Tensor tokens, Tensor counters, Tensor drawn);

    /** out = silu(gate) ⊙ up, all of one shape. */
    void swiGlu(Tensor gate, Tensor up, Tensor out);

    /** Gradients of {@link #swiGlu}, all of one shape. */
    void swiGluBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp);

    /**
     * Cross entropy of hidden · weightᵀ against labels, blockwise: the logits never exist as a whole.
     *
     * @param hidden [rows, dim]
     * @param weight [vocab, dim], F32 or BF16
     * @param labels [rows], I32; {@link CrossEntropySpec#IGNORED} rows get loss 0
     * @param rowLoss [rows]
     * @param logSumExp [rows], kept for the backward pass
     */
    void linearCrossEntropy(CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor rowLoss, Tensor logSumExp);

    /**
     * Gradients of {@code scale · dLoss · sum(rowLoss)}; the logits are computed again block by block.
     *
     * @param scale factor on every counted row, e.g. 1 / counted rows
     * @param dLoss [1], gradient of the loss itself; null for 1
     * @param dHidden [rows, dim]
     * @param dWeight [vocab, dim]
     */
    void linearCrossEntropyBackward(CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor logSumExp, float scale, Tensor dLoss,
            Tensor dHidden, Tensor dWeight);

    /**
     * Two-dimensional convolution (cross-correlation) with zero padding.
     *
     * @param x [batch, height, width, in]
     * @param weight [out, in, kernelHeight, kernelWidth], F32 or BF16
     * @param bias [out], may be null
     * @param residual [batch, outHeight, outWidth, out], added to the result; may be null
     * @param out [batch, outHeight, outWidth, out]
     */
    void conv2d(Conv2dSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor out);

    /** Gradients of {@link #conv2d}: dX as x, dWeight as weight, dBias [out]. */
    void conv2dBackward(Conv2dSpec spec, Tensor x, Tensor weight, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias);

    /** Every pixel four times: x [batch, h, w, c] to out [batch, 2h, 2w, c]. */
    void upsampleNearest(Tensor x, Tensor out);

    /** Gradient of {@link #upsampleNearest}: dX [batch, h, w, c]. */
    void upsampleNearestBackward(Tensor dOut, Tensor dX);

    /** Mean of 2x2 pixels: x [batch, 2h, 2w, c] to out [batch, h, w, c]. */
    void averagePool(Tensor x, Tensor out);

    /** Gradient of {@link #averagePool}: dX [batch, 2h, 2w, c]. */
    void averagePoolBackward(Tensor dOut, Tensor dX);

    /**
     * Index of the nearest codebook entry by ‖z‖² + ‖e‖² - 2 z·e, the first one on ties.
     *
     * @param z [rows, dim]
     * @param codebook [codes, dim], F32
     * @param codes [rows], I32
     */
    void nearestCode(Tensor z, Tensor codebook, Tensor codes);

    /**
     * Draws one token per row; a function of that row's logits, stream and position alone.
     *
     * @param full [rows, vocab] logits of the whole prompt
     * @param imageOnly [rows, vocab] logits with the image context only; may be null
     * @param unconditional [rows, vocab] logits without context; may be null (no guidance)
     * @param streams [rows], I32, noise stream of each row
     * @param positions [rows], I32, position of each draw
     * @param tokens [rows], I32
     */
    void sample(SamplingSpec spec, Tensor full, Tensor imageOnly, Tensor unconditional, Tensor streams, Tensor positions, Tensor tokens);

    /**
     * One AdamW step in place; weight, gradient and moments F32 of equal size. The gradient is not changed.
     *
     * @param factor [1], multiplies the gradient first; when it is not finite nothing is changed
     */
    void adamW(AdamWSpec spec, Tensor weight, Tensor gradient, Tensor firstMoment, Tensor secondMoment, Tensor factor);

    /**
     * What Muon makes orthogonal: momentum b = beta b + f g, then direction = f g + beta b. F32 of equal size.
     *
     * @param factor [1], f; when it is not finite the momentum is not changed and the direction is 0
     */
    void muonDirection(float beta, Tensor gradient, Tensor factor, Tensor momentum, Tensor direction);

    /**
     * The Euclidean norm of gradients, summed in float64, and the factor that clips them, without waiting for a device: min(1, maximum /
     * (norm + 1e-6)), 1 for a maximum of 0, NaN where norm or loss is not finite, with which no optimiser moves anything.
     *
     * @param gradient of any shape
     * @param loss [1]
     * @param report [2], I64: the bits of two float64 numbers, norm and loss
     * @param factor [1]
     */
    void gradientNorm(double maximum, Tensor gradient, Tensor loss, Tensor report, Tensor factor);

    /** out = x / (‖x‖ + eps) over all elements, the norm summed in float64; contiguous F32 of equal size. */
    void normalise(double eps, Tensor x, Tensor out);

    /** Sum of squares of an F32 tensor, accumulated in float64. Waits for a device. */
    double sumOfSquares(Tensor x);

    /** Elementwise function; x and out may be strided and may be the same tensor. */
    void unary(UnaryOp op, Tensor x, Tensor out);

    /** dX += op'(x) ⊙ dOut; out is the value that the forward pass wrote. All may be strided. */
    void unaryBackward(UnaryOp op, Tensor x, Tensor out, Tensor dOut, Tensor dX);

    /** Elementwise function of two tensors broadcast to the shape of out; all may be strided, out may be a or b. */
    void binary(BinaryOp op, Tensor a, Tensor b, Tensor out);

    /** Reduces the axes where out has size 1 and x has not; x may be strided. Ranks are equal; out is F32 or of x's type. */
    void reduce(ReduceOp op, Tensor x, Tensor out);

    /** Copies and converts; shapes are equal, both may be strided, any two types (floats round to nearest even). */
    void copy(Tensor from, Tensor to);

    /** Sets every element; the tensor may be strided. */
    void fill(Tensor x, float value);

    /** out = factor · x, contiguous; x and out may be the same tensor. */
    void scale(Tensor x, float factor, Tensor out);

    /** sum += factor · x, contiguous and of equal size. */
    void addScaled(Tensor x, float factor, Tensor sum);

    /**
     * sum = keep · sum + factor · x, contiguous F32 of equal size.
     *
     * @param gate [1]; when it is not finite nothing is changed; null for none
     */
    void combine(float keep, float factor, Tensor x, Tensor gate, Tensor sum);

    /**
     * Zeroes elements with a probability and scales the others by 1/(1-p); element i uses the Philox draw i of the stream, so
     * the backward pass is the same call on the gradient with {@code accumulate}.
     */
    void dropout(float probability, long seed, long stream, Tensor x, boolean accumulate, Tensor out);

    /**
     * A step to run many times. Its operations must be the same calls on the same memory every time: what changes from run to run
     * (lengths, positions, ids) lies in tensors that the step itself moves on. It reads nothing back and writes nothing from the
     * host. Tensors that it allocates are its own and end with it; those that it uses live as long as the program.
     */
    default StepProgram record(Runnable step) {
        return StepProgram.immediate(step);
    }

    /** Frees the pool and stops the workers. */
    @Override
    void close();
}
