package org.xprompt4j.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tape;
import org.xprompt4j.tensor.Tensor;

/**
 * A part of a network: parameters and child modules, each under the name that public checkpoints give it, so that the full
 * name of a parameter is the path to it ({@code model.layers.0.self_attn.q_proj.weight}). A subclass declares them in its
 * constructor and computes in methods of its own.
 */
public abstract class Module {
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, Module> children = new LinkedHashMap<>();
    private Tensor gradients; // [elements], of this module and all below; null when it was not made trainable as a whole

    /** Declares a parameter under a local name. */
    protected final Parameter parameter(String name, Parameter parameter) {
        requireUnused(name);
        parameters.put(name, parameter);
        return parameter;
    }

    /** Declares a matrix, which decays. */
    protected final Parameter matrix(String name, Initialisation initialisation, long... dims) {
        return parameter(name, new Parameter(Shape.of(dims), true, initialisation));
    }

    /** Declares a bias or norm weight, which does not decay. */
    protected final Parameter vector(String name, Initialisation initialisation, long... dims) {
        return parameter(name, new Parameter(Shape.of(dims), false, initialisation));
    }

    /** Declares a child; the name may hold dots where public names have a level without a module of its own. */
    protected final <M extends Module> M child(String name, M module) {
        requireUnused(name);
        children.put(name, module);
        return module;
    }

    private void requireUnused(String name) {
        if (parameters.containsKey(name) || children.containsKey(name)) {
            throw new IllegalArgumentException("name '" + name + "' is used twice in " + getClass().getSimpleName());
        }
    }

    /** Visits all parameters with their full names, in the order of declaration, own ones first. */
    public final void forEachParameter(BiConsumer<String, Parameter> visitor) {
        visit("", visitor);
    }

    private void visit(String prefix, BiConsumer<String, Parameter> visitor) {
        parameters.forEach((name, parameter) -> visitor.accept(prefix + name, parameter));
        children.forEach((name, module) -> module.visit(prefix + name + ".", visitor));
    }

    /** All parameters by full name, in the order of {@link #forEachParameter}. */
    public final Map<String, Parameter> parameters() {
        Map<String, Parameter> all = new LinkedHashMap<>();
        forEachParameter(all::put);
        return Collections.unmodifiableMap(all);
    }

    /** Number of weights. */
    public final long parameterCount() {
        long[] count = new long[1];
        forEachParameter((name, parameter) -> count[0] += parameter.shape().numel());
        return count[0];
    }

    /** The order in which parameters lie in memory: those that decay first, so that an optimiser treats each kind as one. */
    private List<Parameter> inMemoryOrder() {
        List<Parameter> order = new ArrayList<>();
        forEachParameter((name, parameter) -> order.add(parameter));
        order.sort(Comparator.comparing(parameter -> !parameter.decays())); // stable
        return order;
    }

    /** Takes memory for all weights, one block, and gives them their first values. */
    public final void initialise(MemoryScope scope, long seed) {
        List<Parameter> order = inMemoryOrder();
        FlatTensors weights = FlatTensors.allocate(scope, order.stream().map(Parameter::shape).toList());
        for (int i = 0; i < order.size(); i++) {
            order.get(i).bind(weights.part(i));
        }
        forEachParameter((name, parameter) -> parameter.initialisation().fill(parameter.value(), seed, name));
    }

    /** Takes memory for all gradients, one block, and clears it: the model is then trainable. */
    public final void allocateGradients(Backend backend, MemoryScope scope) {
        List<Parameter> order = inMemoryOrder();
        FlatTensors memory = FlatTensors.zeros(backend, scope, order.stream().map(Parameter::shape).toList());
        for (int i = 0; i < order.size(); i++) {
            order.get(i).useGradient(memory.part(i));
        }
        gradients = memory.whole();
    }

    /** All gradients as one tensor, [elements] with zeros in the gaps. */
    final Tensor gradients() {
        if (gradients == null) {
            throw new IllegalStateException("a module without gradients; call allocateGradients first");
        }
        return gradients;
    }

    /** Clears all gradients that {@link #allocateGradients} made. */
    public final void zeroGradients(Backend backend) {
        backend.fill(gradients(), 0);
    }

    /** Lets a tape add the gradients of one step to those of the parameters; frozen parameters are left out. */
    public final void watch(Tape tape) {
        forEachParameter((name, parameter) -> {
            if (parameter.gradient() != null) {
                tape.watch(parameter.value(), parameter.gradient());
            }
        });
    }
}
