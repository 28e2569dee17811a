package org.xprompt4j.xprompt.scene;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.xprompt4j.xprompt.wording.Phrases;

/**
 * What a caption says of a scene, read back from its words by exact means: a thing is the name of a form, its colour the word before, its
 * number the one before that; a relation stands between two things; the ground is the colour behind an "on" that is no thing's.
 *
 * @param things in the order of the caption
 * @param relation of the first thing to the second; null where none is told
 * @param ground name of its colour; null where none is told
 */
public record ToldScene(List<Told> things, Relation relation, String ground) {
    /**
     * Equal things.
     *
     * @param count how many; 0 where no number is told
     * @param form of each
     * @param colour of each; null where none is told
     */
    public record Told(int count, Form form, String colour) {
    }

    /** What a caption can have right or wrong. */
    public enum Attribute {
        /** What the things are. */
        FORM,
        /** Their colours. */
        COLOUR,
        /** How many there are. */
        NUMBER,
        /** How two different things lie. */
        RELATION,
        /** The colour of the ground. */
        GROUND
    }

    private static final List<String> NUMBERS = List.of("no", "one", "two", "three", "four");

    /** Keeps a copy of the things. */
    public ToldScene {
        things = List.copyOf(things);
    }

    /** Reads a caption. What is no part of one is passed over. */
    public static ToldScene read(String caption) {
        List<String> words = Phrases.words(caption);
        List<Told> things = new ArrayList<>();
        Relation relation = null;
        String ground = null;
        for (int i = 0; i < words.size(); i++) {
            Form form = form(words.get(i));
            if (form != null) {
                String colour = i > 0 && isColour(words.get(i - 1)) ? words.get(i - 1) : null;
                int number = i - (colour == null ? 1 : 2);
                things.add(new Told(number < 0 ? 0 : count(words.get(number)), form, colour));
            }
            if (words.get(i).equals("on") && i + 1 < words.size() && isColour(words.get(i + 1)) && (i + 2 == words.size() || form(words.get(i + 2)) == null)) {
                ground = words.get(i + 1);
            }
            if (things.size() == 1 && relation == null) {
                relation = relation(words, i);
            }
        }
        return new ToldScene(things, relation, ground);
    }

    private static Form form(String word) {
        for (Form form : Form.values()) {
            if (word.equals(form.singular()) || word.equals(form.plural())) {
                return form;
            }
        }
        return null;
    }

    private static boolean isColour(String word) {
        return Scene.COLOURS.contains(word) || word.equals("grey");
    }

    private static int count(String word) {
        return word.equals("a") || word.equals("an") ? 1 : Math.max(0, NUMBERS.indexOf(word));
    }

    private static Relation relation(List<String> words, int at) {
        for (Relation relation : Relation.values()) {
            List<String> said = Phrases.words(relation.words());
            if (at + said.size() <= words.size() && words.subList(at, at + said.size()).equals(said)) {
                return relation;
            }
        }
        return null;
    }

    /** What there is to tell of a scene, the way {@link SceneWords#tell} tells it. */
    static ToldScene of(Scene scene) {
        List<Scene.Thing> things = scene.things();
        Scene.Thing first = things.getFirst();
        if (things.stream().allMatch(t -> t.form() == first.form() && t.colour().equals(first.colour()))) {
            return new ToldScene(List.of(new Told(things.size(), first.form(), first.colour())), null, scene.ground());
        }
        return new ToldScene(things.stream().map(t -> new Told(1, t.form(), t.colour())).toList(),
                things.size() == 2 ? Relation.between(first, things.get(1)) : null, scene.ground());
    }

    /**
     * Which attributes of a scene this caption has right; only those that there are to tell. Two things may be told in either order.
     */
    public Map<Attribute, Boolean> compared(Scene scene) {
        ToldScene truth = of(scene);
        Map<Attribute, Boolean> straight = compared(truth);
        if (things.size() != 2 || truth.things.size() != 2) {
            return straight;
        }
        Map<Attribute, Boolean> swapped = new ToldScene(things.reversed(), relation == null ? null : relation.opposite(), ground).compared(truth);
        return right(swapped) > right(straight) ? swapped : straight;
    }

    private static long right(Map<Attribute, Boolean> compared) {
        return compared.values().stream().filter(is -> is).count();
    }

    private Map<Attribute, Boolean> compared(ToldScene truth) {
        Map<Attribute, Boolean> right = new EnumMap<>(Attribute.class);
        right.put(Attribute.FORM, same(truth, Told::form));
        right.put(Attribute.COLOUR, same(truth, Told::colour));
        right.put(Attribute.NUMBER, same(truth, Told::count));
        if (truth.relation != null) {
            right.put(Attribute.RELATION, truth.relation == relation);
        }
        right.put(Attribute.GROUND, Objects.equals(truth.ground, ground));
        return right;
    }

    private boolean same(ToldScene truth, Function<Told, Object> attribute) {
        return Arrays.equals(things.stream().map(attribute).toArray(), truth.things.stream().map(attribute).toArray());
    }
}
