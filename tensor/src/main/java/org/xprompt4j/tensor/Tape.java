package org.xprompt4j.tensor;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The record of the differentiable operations of one step. {@link Ops} records; {@link #backward} walks the record once, from
 * the last operation to the first, and each adds its gradients to those of its inputs.
 *
 * <p>Only tensors that descend from a watched one have gradients; for all others {@link #gradient} is null and their
 * backward work is skipped. Gradients live in the tape's scope in the type of their tensor,
 * those of watched tensors where the caller put them, in F32.
 *
 * <p>A tape belongs to the thread that made it and to one step: after {@link #backward} it only answers {@link #gradient}.
 */
public final class Tape {
    /** Adds the gradients of one operation's inputs, given that of its output. */
    @FunctionalInterface
    public interface Step {
        /**
         * Adds to the gradients of the inputs.
     *
     * @param dOut gradient of the output, shaped as the output
         */
        void backward(Tensor dOut);
    }

    private record Entry(Tensor output, Step step) {
    }

    private record View(Tensor base, UnaryOperator<Tensor> of) {
    }

    private final Backend backend;
    private final MemoryScope scope;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Tensor, Tensor> gradients = new IdentityHashMap<>(); // null value: tracked, no gradient yet
    private final Map<Tensor, View> views = new IdentityHashMap<>();
    private final Thread owner = Thread.currentThread();
    private boolean walked;

    /** A tape whose gradients are allocated in this scope. */
    public Tape(Backend backend, MemoryScope scope) {
        this.backend = backend;
        this.scope = scope;
    }

    /**
     * Starts following a tensor.
     *
     * @param leaf a parameter or input
     * @param gradient same shape, F32; the gradient is added to what it holds
     * @throws IllegalStateException after {@link #backward} and on another thread
     */
    public void watch(Tensor leaf, Tensor gradient) {
        requireRecording(leaf);
        if (!leaf.shape().equals(gradient.shape()) || gradient.dtype() != DType.F32) {
            throw new IllegalArgumentException("gradient " + gradient + " for " + leaf + " must be F32 of the same shape");
        }
        gradients.put(leaf, gradient);
    }

    /** True when gradients flow to this tensor. */
    public boolean tracks(Tensor tensor) {
        return tensor != null && (gradients.containsKey(tensor) || views.containsKey(tensor));
    }

    /**
     * Records an operation whose output depends on tracked inputs.
     *
     * @throws IllegalStateException after {@link #backward} and on another thread
     */
    public void record(Tensor output, Step step) {
        requireRecording(output);
        gradients.put(output, null);
        entries.add(new Entry(output, step));
    }

    /** Records that {@code view} shows memory of {@code base}: its gradient is the same view of the base's gradient. */
    public void recordView(Tensor base, Tensor view, UnaryOperator<Tensor> of) {
        if (tracks(base)) {
            requireRecording(view);
            views.put(view, new View(base, of));
        }
    }

    /** The gradient to add to; zeros the first time, null when the tensor is not tracked. */
    public Tensor gradient(Tensor tensor) {
        View view = tensor == null ? null : views.get(tensor);
        if (view != null) {
            return view.of().apply(gradient(view.base()));
        }
        if (!tracks(tensor)) {
            return null;
        }
        Tensor gradient = gradients.get(tensor);
        if (gradient == null) {
            gradient = scope.allocate(tensor.dtype(), tensor.shape());
            backend.fill(gradient, 0);
            gradients.put(tensor, gradient);
        }
        return gradient;
    }

    /**
     * The gradient of a tensor that has none yet, not cleared: the caller writes every element instead of adding. Null when
     * there is one to add to, when it shows only a part of another tensor, or when the tensor is not tracked.
     */
    Tensor newGradient(Tensor tensor) {
        View view = tensor == null ? null : views.get(tensor);
        if (view != null) {
            Tensor base = view.base().numel() == tensor.numel() ? newGradient(view.base()) : null;
            return base == null ? null : view.of().apply(base);
        }
        if (!tracks(tensor) || gradients.get(tensor) != null) {
            return null;
        }
        Tensor gradient = scope.allocate(tensor.dtype(), tensor.shape());
        gradients.put(tensor, gradient);
        return gradient;
    }

    /**
     * Makes the gradient of an operation's output that of an input, when the input has none yet and is no view: a sum passes
     * its gradient on without a copy. The operation must be done with it.
     *
     * @return false when it must be added
     */
    boolean handOver(Tensor dOut, Tensor input) {
        if (input == null || views.containsKey(input) || !tracks(input) || gradients.get(input) != null || !input.shape().equals(dOut.shape())
                || input.dtype() != dOut.dtype()) {
            return false;
        }
        gradients.put(input, dOut);
        return true;
    }

    /**
     * Computes all gradients of a scalar. Afterwards only those of watched tensors are to be read: memory of others may have
     * passed on to what they were computed from.
     *
     * @throws IllegalStateException when called twice, on another thread, or for a tensor that depends on nothing watched
     */
    public void backward(Tensor loss) {
        requireRecording(loss);
        if (loss.numel() != 1 || !tracks(loss)) {
            throw new IllegalStateException("backward needs a scalar that depends on a watched tensor, got " + loss);
        }
        walked = true;
        backend.fill(gradient(loss), 1);
        for (int i = entries.size() - 1; i >= 0; i--) {
            Entry entry = entries.get(i);
            Tensor dOut = gradients.get(entry.output());
            if (dOut != null) {
                entry.step().backward(dOut);
            }
        }
        entries.clear();
    }

    /** Number of recorded operations. */
    public int size() {
        return entries.size();
    }

    private void requireRecording(Tensor tensor) {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("the tape of scope '" + scope.name() + "' belongs to thread '" + owner.getName() + "' and was given " + tensor
                    + " by thread '" + Thread.currentThread().getName() + "'; give each thread a tape of its own");
        }
        if (walked) {
            throw new IllegalStateException("backward was already called on the tape of scope '" + scope.name() + "', which was given " + tensor
                    + " after it; record a new step on a new tape");
        }
    }
}
