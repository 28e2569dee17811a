package org.xprompt4j.xprompt.scene;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.scene.Scene.Thing;

/**
 * What a picture of a scene must show, in the manner of GenEval: the things and their number exactly, and what else is said.
 *
 * @param kind which of the six kinds
 * @param wanted kinds of things with their number; no other things may be there
 * @param relation of the first wanted thing to the second; null for any
 * @param ground name of the ground's colour; null for any
 */
public record SceneRequest(Kind kind, List<Wanted> wanted, Relation relation, String ground) {
    /** GenEval's six kinds. */
    public enum Kind {
        /** One thing of any colour. */
        ONE,
        /** Two different things. */
        TWO,
        /** One to four equal things. */
        COUNT,
        /** One thing and its colour. */
        COLOUR,
        /** Two things and how they lie. */
        POSITION,
        /** Two things, each with its colour. */
        TWO_COLOURS
    }

    /**
     * Equal things.
     *
     * @param count how many
     * @param form of each
     * @param colour of each; null for any
     */
    public record Wanted(int count, Form form, String colour) {
        boolean fits(Thing thing) {
            return thing.form() == form && (colour == null || thing.colour().equals(colour));
        }
    }

    private static final double MARGIN = 0.035; // of the side, around each thing
    private static final double ALONE = 0.5; // size of a single thing
    private static final double BESIDE = 0.375; // size of each of two to four
    private static final int GRID = 16; // centres lie on a grid of so many steps a side, that of a picture's codes

    /** Keeps a copy of the list. */
    public SceneRequest {
        wanted = List.copyOf(wanted);
    }

    /** Draws a request of a kind. */
    public static SceneRequest draw(Kind kind, Philox random) {
        List<Form> forms = new ArrayList<>(List.of(Form.values()));
        List<String> colours = new ArrayList<>(Scene.COLOURS);
        Form first = take(forms, random);
        Form second = take(forms, random);
        String one = take(colours, random);
        String two = take(colours, random);
        String ground = Draws.coin(random) ? take(colours, random) : null;
        return switch (kind) {
            case ONE -> new SceneRequest(kind, List.of(new Wanted(1, first, null)), null, ground);
            case TWO -> new SceneRequest(kind, List.of(new Wanted(1, first, null), new Wanted(1, second, null)), null, ground);
            case COUNT -> new SceneRequest(kind, List.of(new Wanted(1 + random.nextInt(4), first, Draws.coin(random) ? one : null)), null, ground);
            case COLOUR -> new SceneRequest(kind, List.of(new Wanted(1, first, one)), null, ground);
            case POSITION -> new SceneRequest(kind, List.of(new Wanted(1, first, null), new Wanted(1, second, null)),
                    Relation.values()[random.nextInt(4)], ground);
            case TWO_COLOURS -> new SceneRequest(kind, List.of(new Wanted(1, first, one), new Wanted(1, second, two)), null, ground);
        };
    }

    /** A scene that meets the request; what was not said is drawn. */
    public Scene scene(Philox random) {
        List<String> colours = new ArrayList<>(Scene.COLOURS);
        wanted.forEach(w -> colours.remove(w.colour()));
        colours.remove(ground);
        List<Wanted> told = new ArrayList<>();
        for (Wanted w : wanted) {
            told.add(w.colour() != null ? w : new Wanted(w.count(), w.form(), take(colours, random)));
        }
        String under = ground != null ? ground : random.nextInt(Scene.COLOURS.size() + 1) == 0 ? "grey" : take(colours, random);
        return new Scene(under, place(told, random));
    }

    /** One thing anywhere, two in halves of the picture, more in quarters. */
    private List<Thing> place(List<Wanted> told, Philox random) {
        int count = told.stream().mapToInt(Wanted::count).sum();
        boolean across = relation == null ? Draws.coin(random) : relation == Relation.LEFT || relation == Relation.RIGHT;
        boolean swapped = relation == null ? Draws.coin(random) : relation == Relation.RIGHT || relation == Relation.BELOW;
        List<Integer> quarters = new ArrayList<>(List.of(0, 1, 2, 3));
        List<Thing> things = new ArrayList<>();
        for (Wanted w : told) {
            for (int i = 0; i < w.count(); i++) {
                if (count == 1) {
                    things.add(thing(w, 0, 0, 1, 1, ALONE, random));
                } else if (count == 2) {
                    double from = things.isEmpty() == swapped ? 0.5 : 0;
                    double off = 0.14; // across, so that one relation says it best
                    things.add(across ? thing(w, from, off, 0.5, 1 - 2 * off, BESIDE, random) : thing(w, off, from, 1 - 2 * off, 0.5, BESIDE, random));
                } else {
                    int quarter = take(quarters, random);
                    things.add(thing(w, quarter % 2 * 0.5, quarter / 2 * 0.5, 0.5, 0.5, BESIDE, random));
                }
            }
        }
        return things;
    }

    /** A thing anywhere in a rectangle, with a margin around it and its centre on the grid. */
    private static Thing thing(Wanted w, double left, double top, double width, double height, double size, Philox random) {
        return new Thing(w.form(), w.colour(), centre(left, width, size, random), centre(top, height, size, random), size);
    }

    private static double centre(double from, double length, double size, Philox random) {
        double half = 0.55 * size + MARGIN; // the widest forms leave their square by a tenth
        int first = (int) Math.ceil(GRID * (from + half) - 1e-9);
        int last = (int) Math.floor(GRID * (from + length - half) + 1e-9);
        return (first + random.nextInt(last - first + 1)) / (double) GRID;
    }

    /** True when a scene shows exactly what was asked for. */
    public boolean isMetBy(Scene scene) {
        if (ground != null && !ground.equals(scene.ground()) || scene.things().size() != total()) {
            return false;
        }
        for (Wanted w : wanted) {
            if (scene.things().stream().filter(w::fits).count() != w.count()) {
                return false;
            }
        }
        return relation == null || relation.holds(only(scene, wanted.get(0)), only(scene, wanted.get(1)));
    }

    /**
     * Which attributes that were asked for a scene shows, each by itself: colours wherever they are, forms whatever their number and
     * colour. A request is met when things are right together, see {@link #isMetBy}; this tells how far from it a picture is.
     */
    public Map<ToldScene.Attribute, Boolean> shownBy(Scene scene) {
        Map<ToldScene.Attribute, Boolean> shown = new EnumMap<>(ToldScene.Attribute.class);
        Set<Form> forms = scene.things().stream().map(Thing::form).collect(Collectors.toSet());
        shown.put(ToldScene.Attribute.FORM, forms.equals(wanted.stream().map(Wanted::form).collect(Collectors.toSet())));
        Set<String> colours = wanted.stream().map(Wanted::colour).filter(Objects::nonNull).collect(Collectors.toSet());
        if (!colours.isEmpty()) {
            shown.put(ToldScene.Attribute.COLOUR, scene.things().stream().map(Thing::colour).collect(Collectors.toSet()).containsAll(colours));
        }
        shown.put(ToldScene.Attribute.NUMBER, scene.things().size() == total());
        if (relation != null) {
            List<Thing> first = scene.things().stream().filter(wanted.get(0)::fits).toList();
            List<Thing> second = scene.things().stream().filter(wanted.get(1)::fits).toList();
            shown.put(ToldScene.Attribute.RELATION, first.stream().anyMatch(a -> second.stream().anyMatch(b -> relation.holds(a, b))));
        }
        if (ground != null) {
            shown.put(ToldScene.Attribute.GROUND, ground.equals(scene.ground()));
        }
        return shown;
    }

    /** Things in all. */
    private int total() {
        return wanted.stream().mapToInt(Wanted::count).sum();
    }

    private static Thing only(Scene scene, Wanted w) {
        return scene.things().stream().filter(w::fits).findFirst().orElseThrow();
    }

    private static <T> T take(List<T> from, Philox random) {
        return from.remove(random.nextInt(from.size()));
    }
}
