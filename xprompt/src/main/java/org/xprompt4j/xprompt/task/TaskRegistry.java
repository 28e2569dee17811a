package org.xprompt4j.xprompt.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.task.Gamma.Side;

/**
 * Every task by name, in the order of the tables: those of the shipped model's mixture with their weights, the novel ones, and more
 * that a configuration may train on. Trained and novel tasks share no family: what is novel was never seen, neither alone nor inside
 * a composition nor reversed. That is why night, haze and the rest appear once each, and why temperature, which is a white balance
 * reversed, is not called novel.
 */
public final class TaskRegistry {
    /** What a composition is made of: trained families that treat every pixel alike. */
    private static final List<Family> POINTWISE = List.of(new Gamma(Side.EITHER), new Negative(), new Grey(), new Duotone(),
            new ChannelPermutation(), new ColourMix(), new ChannelCurves(), new Posterise());

    private static final Map<String, Task> TASKS = new LinkedHashMap<>();
    private static final Map<Task, Double> WEIGHTS = new LinkedHashMap<>();

    static {
        trained(1.5, Task.of("gamma", "tone", false, new Gamma(Side.EITHER)));
        trained(1, Task.of("negative", "tone", false, new Negative()));
        trained(1, Task.of("posterise", "tone", false, new Posterise()));
        trained(1.5, Task.of("channel curves", "tone", false, new ChannelCurves()));
        trained(0.5, Task.of("grey", "colour", false, new Grey()));
        trained(1.5, Task.of("duotone", "colour", false, new Duotone()));
        trained(1.5, Task.of("permute", "colour", false, new ChannelPermutation()));
        trained(1.5, Task.of("colour mix", "colour", false, new ColourMix()));
        trained(4, Task.of("compose", "colour", false, new Composition(POINTWISE)));
        trained(1, Task.undo("white balance", "restoration", false, new ColourCast()));
        trained(1, Task.undo("low light", "restoration", false, new LowLight()));
        trained(0.7, Task.undo("denoise", "restoration", false, new Noise()));
        trained(0.7, Task.undo("derain", "restoration", false, new Rain(false)));
        trained(0.7, Task.undo("inpaint", "restoration", false, new SquareHole()));
        trained(0.7, Task.of("edges", "structure", false, new Edges()));
        trained(0.7, Task.of("frame", "structure", false, new Frame()));

        novel(Task.of("hue", "colour", true, new HueRotation()));
        novel(Task.of("partial inversion", "colour", true, new PartialInversion()));
        novel(Task.of("solarise", "tone", true, new Solarise()));
        novel(Task.of("haze", "style", true, new Haze()));
        novel(Task.of("night", "style", true, new Night()));

        more(Task.of("copy", "colour", false, new Identity()));
        more(Task.of("darken", "tone", false, new Gamma(Side.DARKER)));
        more(Task.of("brighten", "tone", false, new Gamma(Side.BRIGHTER)));
        more(Task.of("contrast", "tone", false, new Contrast()));
        more(Task.of("sepia", "colour", false, new Sepia()));
        more(Task.of("threshold", "colour", false, new Threshold()));
        more(Task.of("saturation", "colour", false, new Saturation()));
        more(Task.undo("derain heavy", "restoration", false, new Rain(true)));
        more(Task.undo("deblur", "restoration", false, new BoxBlur()));
        more(Task.undo("motion deblur", "restoration", false, new MotionBlur()));
        more(Task.undo("inpaint strokes", "restoration", false, new StrokeHoles()));
        more(Task.undo("deblock", "restoration", false, new Jpeg()));
        more(Task.undo("super-resolution", "restoration", false, new LowResolution()));
        more(Task.undo("colorise", "restoration", false, new Grey()));
        more(Task.of("noise", "degradation", false, new Noise()));
        more(Task.of("rain", "degradation", false, new Rain(false)));
        more(Task.of("blur", "degradation", false, new BoxBlur()));
        more(Task.of("pixelate", "structure", false, new Pixelate()));
        more(Task.of("vignette", "structure", false, new Vignette()));
        more(Task.of("mirror", "geometry", false, new Flip(false)));
        more(Task.of("upside down", "geometry", false, new Flip(true)));
        more(Task.of("turn", "geometry", false, new QuarterTurn()));
        more(Task.of("temperature", "style", false, new Temperature()));
    }

    private TaskRegistry() {}

    private static void trained(double weight, Task task) {
        more(task);
        WEIGHTS.put(task, weight);
    }

    private static void novel(Task task) {
        more(task);
    }

    private static void more(Task task) {
        if (TASKS.put(task.name(), task) != null) {
            throw new IllegalStateException("two tasks are called " + task.name());
        }
    }

    /** All tasks, in the order of the tables. */
    public static List<Task> all() {
        return new ArrayList<>(TASKS.values());
    }

    /** The tasks of the shipped model's mixture. */
    public static List<Task> trained() {
        return new ArrayList<>(WEIGHTS.keySet());
    }

    /** Tasks that are only ever tested. */
    public static List<Task> novel() {
        return all().stream().filter(Task::novel).toList();
    }

    /** What the shipped model is trained on. */
    public static TaskMixture mixture() {
        return new TaskMixture(WEIGHTS);
    }

    /** @throws InvalidInput if there is no task of this name */
    public static Task named(String name) {
        Task task = TASKS.get(name);
        if (task == null) {
            throw new InvalidInput("there is no task \"" + name + "\"; the tasks are: " + String.join(", ", TASKS.keySet()));
        }
        return task;
    }
}
