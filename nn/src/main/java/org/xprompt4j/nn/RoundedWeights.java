package org.xprompt4j.nn;

import java.util.Map;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tape;
import org.xprompt4j.tensor.Tensor;

/**
 * Training in BF16 with F32 master weights: a second module of the same structure computes with matrices rounded to BF16, while the
 * optimiser moves the floats of the first, so that updates smaller than a BF16 step are not lost. Gradients are F32 and belong to the
 * master; norm weights and biases, which are few, are the master's own tensors.
 *
 * <pre>{@code
 * RoundedWeights rounded = new RoundedWeights(backend, scope, master, new Chameleon(master.config()));
 * rounded.watch(tape);      // instead of master.watch(tape); the second module computes
 * optimiser.step(...);      // moves the master
 * rounded.refresh();
 * }</pre>
 */
public final class RoundedWeights {
    private final Backend backend;
    private final Module master;
    private final Map<String, Parameter> copies;
    private final Tensor floats; // [elements], all matrices of the master with the gaps between them
    private final Tensor rounded; // [elements], BF16

    /**
     * Binds the parameters of {@code computing} and rounds the master's matrices for the first time.
     *
     * @param master initialised, so that its matrices lie in one block
     * @param computing a module of the same structure that has no weights yet
     */
    public RoundedWeights(Backend backend, MemoryScope scope, Module master, Module computing) {
        this.backend = backend;
        this.master = master;
        this.copies = computing.parameters();
        Tensor first = null;
        Tensor last = null;
        for (Parameter parameter : master.parameters().values()) {
            if (parameter.decays()) {
                Tensor value = parameter.value();
                if (first != null && (value.storage() != first.storage() || value.dtype() != DType.F32)) {
                    throw new IllegalStateException("the matrices of a master lie in one block of F32; initialise the module, then copy weights into it");
                }
                first = first == null || value.offset() < first.offset() ? value : first;
                last = last == null || value.offset() > last.offset() ? value : last;
            }
        }
        if (first == null) {
            throw new IllegalArgumentException("no matrix to round");
        }
        this.floats = FlatTensors.span(first, last.offset() + last.numel() - first.offset());
        this.rounded = scope.allocate(DType.BF16, floats.numel());
        master.forEachParameter((name, parameter) -> copies.get(name).bind(parameter.decays() ? copyOf(parameter.value()) : parameter.value()));
        refresh();
    }

    private Tensor copyOf(Tensor value) {
        long from = value.offset() - floats.offset();
        return rounded.slice(0, from, from + value.numel()).reshape(value.shape().toArray());
    }

    /** Rounds the master's matrices again: after each step, and after weights were loaded. */
    public void refresh() {
        backend.copy(floats, rounded);
    }

    /** Lets a tape add the gradients of what the second module computes to those of the master; frozen parameters are left out. */
    public void watch(Tape tape) {
        master.forEachParameter((name, parameter) -> {
            if (parameter.gradient() != null) {
                tape.watch(copies.get(name).value(), parameter.gradient());
            }
        });
    }
}
