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
    private static final Map<String, Double> WEIGHTS = new LinkedHashMap<>();

    static {
        trained(1.5, new FamilyTask("gamma", "tone", false, new Gamma(Side.EITHER)));
        trained(1, new FamilyTask("negative", "tone", false, new Negative()));
        trained(1, new FamilyTask("posterise", "tone", false, new Posterise()));
        trained(1.5, new FamilyTask("channel-curves", "tone", false, new ChannelCurves()));
        trained(0.5, new FamilyTask("grey", "colour", false, new Grey()));
        trained(1.5, new FamilyTask("duotone", "colour", false, new Duotone()));
        trained(1.5, new FamilyTask("permute", "colour", false, new ChannelPermutation()));
        trained(1.5, new FamilyTask("colour-mix", "colour", false, new ColourMix()));
        trained(1, new FamilyTask("hue", "colour", false, new HueRotation()));
        trained(0.5, new FamilyTask("saturation", "colour", false, new Saturation()));
        trained(0.5, new FamilyTask("temperature", "style", false, new Temperature()));
        trained(0.5, new FamilyTask("contrast", "tone", false, new Contrast()));
        trained(4, new FamilyTask("compose", "colour", false, new Composition(POINTWISE)));
        trained(1, undo("white-balance", "restoration", new ColourCast()));
        trained(1, undo("low-light", "restoration", new LowLight()));
        trained(0.7, undo("denoise", "restoration", new Noise()));
        trained(0.7, undo("derain", "restoration", new Rain(false)));
        trained(0.7, undo("inpaint", "restoration", new SquareHole()));
        trained(0.7, new FamilyTask("edges", "structure", false, new Edges()));
        trained(0.7, new FamilyTask("frame", "structure", false, new Frame()));

        novel(new FamilyTask("partial-inversion", "colour", true, new PartialInversion()));
        novel(new FamilyTask("solarise", "tone", true, new Solarise()));
        novel(new FamilyTask("haze", "style", true, new Haze()));
        novel(new FamilyTask("night", "style", true, new Night()));

        more(new FamilyTask("copy", "colour", false, new Identity()));
        more(new FamilyTask("darken", "tone", false, new Gamma(Side.DARKER)));
        more(new FamilyTask("brighten", "tone", false, new Gamma(Side.BRIGHTER)));
        more(new FamilyTask("sepia", "colour", false, new Sepia()));
        more(new FamilyTask("threshold", "colour", false, new Threshold()));
        more(undo("derain-heavy", "restoration", new Rain(true)));
        more(undo("deblur", "restoration", new BoxBlur()));
        more(undo("motion-deblur", "restoration", new MotionBlur()));
        more(undo("inpaint-strokes", "restoration", new StrokeHoles()));
        more(undo("deblock", "restoration", new Jpeg()));
        more(undo("super-resolution", "restoration", new LowResolution()));
        more(undo("colorise", "restoration", new Grey()));
        more(new FamilyTask("noise", "degradation", false, new Noise()));
        more(new FamilyTask("rain", "degradation", false, new Rain(false)));
        more(new FamilyTask("blur", "degradation", false, new BoxBlur()));
        more(new FamilyTask("pixelate", "structure", false, new Pixelate()));
        more(new FamilyTask("vignette", "structure", false, new Vignette()));
        more(new FamilyTask("mirror", "geometry", false, new Flip(false)));
        more(new FamilyTask("upside-down", "geometry", false, new Flip(true)));
        more(new FamilyTask("turn", "geometry", false, new QuarterTurn()));
    }

    private TaskRegistry() {}

    /** A task that asks for the photograph back. */
    private static Task undo(String name, String group, Family family) {
        return new Reversed(name, new FamilyTask("un-" + name, group, false, family));
    }

    private static void trained(double weight, Task task) {
        more(task);
        WEIGHTS.put(task.name(), weight);
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
        return WEIGHTS.keySet().stream().map(TASKS::get).toList();
    }

    /** Tasks that are only ever tested. */
    public static List<Task> novel() {
        return all().stream().filter(Task::novel).toList();
    }

    /** How often each trained task is drawn, by name, as a configuration writes it. */
    public static Map<String, Double> weights() {
        return new LinkedHashMap<>(WEIGHTS);
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
