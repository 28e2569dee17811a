package org.xprompt4j.nn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AdamWSpec;

/**
 * AdamW (Loshchilov and Hutter, 2019) over the parameters of a module that have a gradient. Decay applies to matrices; norms
 * and biases have a decay of their own, usually 0. The state is a set of named tensors, {@code m.NAME}, {@code v.NAME} and
 * {@code step} [1] I32, so that a run can be stored and resumed. Parameters that lie behind one another in memory, as those of a new
 * module do, are stepped as one.
 */
public final class AdamW {
    /**
     * What does not change from step to step.
     *
     * @param beta1 decay of the first moment
     * @param beta2 decay of the second moment
     * @param eps added outside the root
     * @param weightDecay of parameters that decay (matrices)
     * @param otherDecay of all other parameters
     */
    public record Settings(float beta1, float beta2, float eps, float weightDecay, float otherDecay) {
        /** Refuses values outside of their ranges. */
        public Settings {
            if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && eps > 0 && weightDecay >= 0 && otherDecay >= 0)) {
                throw new IllegalArgumentException("AdamW needs betas in [0, 1), eps > 0 and decays >= 0, got betas " + beta1 + ", "
                        + beta2 + ", eps " + eps + ", decays " + weightDecay + ", " + otherDecay);
            }
        }

        /** Betas 0.9 and 0.95, eps 1e-8, decay 0.1 on matrices only. */
        public static Settings standard() {
            return new Settings(0.9f, 0.95f, 1e-8f, 0.1f, 0);
        }
    }

    private record Slot(Tensor firstMoment, Tensor secondMoment) { // [shape of the parameter]
    }

    /** Parameters of one kind that lie behind one another, as one; all [elements]. */
    private record Run(float decay, Tensor weight, Tensor gradient, Tensor firstMoment, Tensor secondMoment) {
    }

    private record Chosen(String name, Parameter parameter) {
        boolean isFollowedBy(Chosen next) {
            return parameter.decays() == next.parameter.decays() && FlatTensors.follows(parameter.value(), next.parameter.value())
                    && FlatTensors.follows(parameter.gradient(), next.parameter.gradient());
        }
    }

    private final Backend backend;
    private final Settings settings;
    private final Map<String, Slot> slots = new LinkedHashMap<>(); // in the module's order
    private final List<Run> runs = new ArrayList<>();
    private final Tensor stepTensor; // [1] I32, the number of steps done
    private final Tensor hostFactor; // [1], the factor of a step that the host chose
    private int steps;

    /** An optimiser with zero moments, whose state lives in the scope. */
    public AdamW(Backend backend, MemoryScope scope, Module module, Settings settings) {
        this(backend, scope, module, settings, name -> true);
    }

    /** The same for the parameters that the predicate chooses by full name; others belong to another optimiser. */
    public AdamW(Backend backend, MemoryScope scope, Module module, Settings settings, Predicate<String> which) {
        this.backend = backend;
        this.settings = settings;
        this.stepTensor = scope.of(new int[] {0}, 1);
        this.hostFactor = scope.of(new float[] {1}, 1);
        List<Chosen> chosen = new ArrayList<>();
        module.forEachParameter((name, parameter) -> {
            if (parameter.gradient() != null && which.test(name)) {
                chosen.add(new Chosen(name, parameter));
                slots.put(name, null); // keeps its place
            }
        });
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("nothing to optimise: no parameter has a gradient; call allocateGradients first");
        }
        chosen.sort(Comparator.comparing(one -> !one.parameter().decays())); // stable: as they lie in memory
        for (int from = 0, to; from < chosen.size(); from = to) {
            to = from + 1;
            while (to < chosen.size() && chosen.get(to - 1).isFollowedBy(chosen.get(to))) {
                to++;
            }
            add(scope, chosen.subList(from, to));
        }
    }

    private void add(MemoryScope scope, List<Chosen> run) {
        List<Shape> shapes = run.stream().map(one -> one.parameter().shape()).toList();
        FlatTensors first = FlatTensors.zeros(backend, scope, shapes);
        FlatTensors second = FlatTensors.zeros(backend, scope, shapes);
        for (int i = 0; i < run.size(); i++) {
            slots.put(run.get(i).name(), new Slot(first.part(i), second.part(i)));
        }
        Parameter start = run.getFirst().parameter();
        long elements = first.whole().numel();
        runs.add(new Run(start.decays() ? settings.weightDecay : settings.otherDecay, FlatTensors.span(start.value(), elements),
                FlatTensors.span(start.gradient(), elements), first.whole(), second.whole()));
    }

    /** One step in place. The gradients are multiplied by {@code gradientScale} first (clipping, averaging) and not changed. */
    public void step(float learningRate, float gradientScale) {
        step(learningRate, hostFactor.set(gradientScale));
    }

    /**
     * One step in place, without waiting for a device. The gradients are multiplied by a factor first and not changed.
     *
     * @param factor [1]; when it is not finite the step moves nothing, and {@link #revoke} is to follow when the host learns of it
     */
    public void step(float learningRate, Tensor factor) {
        stepTensor.set(++steps);
        for (Run run : runs) {
            backend.adamW(new AdamWSpec(learningRate, settings.beta1, settings.beta2, settings.eps, run.decay(), steps), run.weight(), run.gradient(),
                    run.firstMoment(), run.secondMoment(), factor);
        }
    }

    /** Takes the last step out of the count: it moved nothing. */
    public void revoke() {
        stepTensor.set(--steps);
    }

    /** Steps done so far. */
    public int steps() {
        return steps;
    }

    /** The state by name; the tensors are the living ones, write them before the next step. */
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        state.put("step", stepTensor);
        slots.forEach((name, slot) -> {
            state.put("m." + name, slot.firstMoment);
            state.put("v." + name, slot.secondMoment);
        });
        return state;
    }

    /**
     * Takes a stored state over.
     *
     * @param source tensor of a name, null when there is none
     * @param where file name for messages
     */
    public void load(Function<String, Tensor> source, String where) {
        Map<String, Tensor> found = new LinkedHashMap<>();
        state().forEach((name, target) -> {
            Tensor stored = source.apply(name);
            if (stored == null) {
                throw new InvalidInput(where + ": optimiser state '" + name + "' is missing; it belongs to another model or is incomplete");
            }
            if (!stored.shape().equals(target.shape()) || stored.dtype() != target.dtype()) {
                throw new InvalidInput(where + ": optimiser state '" + name + "' is " + stored.dtype() + stored.shape() + ", the model needs "
                        + target.dtype() + target.shape());
            }
            found.put(name, stored);
        });
        int step = found.get("step").toIntArray()[0];
        if (step < 0) {
            throw new InvalidInput(where + ": optimiser state 'step' is " + step + ", must not be negative");
        }
        state().forEach((name, target) -> Checkpoint.upload(found.get(name), target, backend));
        steps = step;
    }
}
