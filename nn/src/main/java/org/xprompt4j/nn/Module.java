package org.xprompt4j.nn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tape;

/**
 * A part of a network: parameters and child modules, each under the name that public checkpoints give it, so that the full
 * name of a parameter is the path to it ({@code model.layers.0.self_attn.q_proj.weight}). A subclass declares them in its
 * constructor and computes in methods of its own.
 */
public abstract class Module {
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, Module> children = new LinkedHashMap<>();

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

    /** Takes memory for all weights and gives them their first values. */
    public final void initialise(MemoryScope scope, long seed) {
        forEachParameter((name, parameter) -> {
            parameter.allocate(scope);
            parameter.initialisation().fill(parameter.value(), seed, name);
        });
    }

    /** Takes memory for all gradients and clears it: the model is then trainable. */
    public final void allocateGradients(Backend backend, MemoryScope scope) {
        forEachParameter((name, parameter) -> parameter.allocateGradient(scope));
        zeroGradients(backend);
    }

    /** Clears all gradients. */
    public final void zeroGradients(Backend backend) {
        forEachParameter((name, parameter) -> {
            if (parameter.gradient() != null) {
                backend.fill(parameter.gradient(), 0);
            }
        });
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
