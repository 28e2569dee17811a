package org.xprompt4j.xprompt.scene;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.scene.Scene.Thing;
import org.xprompt4j.xprompt.scene.SceneRequest.Wanted;
import org.xprompt4j.xprompt.wording.Phrases;

/** How a scene is asked for, and how it is told. */
public final class SceneWords {
    private static final List<String> NUMBERS = List.of("no", "one", "two", "three", "four");
    private static final Phrases ASKED = Phrases.of(
            "{things}", "draw {things}", "[a picture|an image] of {things}", "[show|paint] {things}", "i want to see {things}", "{things}, please",
            "please draw {things}", "make a picture with {things}");
    private static final Phrases ASKED_WITH_GROUND = Phrases.of(
            "{things} on {ground}", "draw {things} on {ground}", "[a picture|an image] of {things} on {ground}", "on {ground} [show|paint] {things}",
            "i want to see {things} on {ground}", "{things} on {ground}, please", "please draw {things} on {ground}", "make a {ground} picture with {things}");
    private static final Phrases TOLD = Phrases.of(
            "{things} on {ground}", "on {ground}, {things}", "the picture shows {things} on {ground}", "there {is} {things} on {ground}");

    private SceneWords() {
    }

    /** A request in words. */
    public static String ask(SceneRequest request, Philox random, Split split) {
        List<String> things = new ArrayList<>();
        for (Wanted w : request.wanted()) {
            things.add(things(w.count(), w.colour(), w.form(), request.kind() == SceneRequest.Kind.COUNT));
        }
        String between = request.relation() == null ? " and " : " " + request.relation().words() + " ";
        Map<String, String> slots = new LinkedHashMap<>();
        slots.put("things", String.join(between, things));
        if (request.ground() != null) {
            slots.put("ground", request.ground());
        }
        return (request.ground() == null ? ASKED : ASKED_WITH_GROUND).draw(random, slots, split);
    }

    /** A scene of one kind of things, or of two things, told with all that can be seen. */
    public static String tell(Scene scene, Philox random, Split split) {
        return TOLD.draw(random, attributes(scene), split);
    }

    /** What a full caption says of a scene: things, ground and the verb before them. */
    static Map<String, String> attributes(Scene scene) {
        List<Thing> things = scene.things();
        Thing first = things.getFirst();
        boolean equal = things.stream().allMatch(t -> t.form() == first.form() && t.colour().equals(first.colour()));
        String told;
        if (equal) {
            told = things(things.size(), first.colour(), first.form(), false);
        } else {
            List<String> each = things.stream().map(t -> things(1, t.colour(), t.form(), false)).toList();
            told = things.size() == 2 ? each.get(0) + " " + Relation.between(first, things.get(1)).words() + " " + each.get(1) : String.join(", ", each);
        }
        return Map.of("things", told, "ground", scene.ground(), "is", equal && things.size() > 1 ? "are" : "is");
    }

    private static String things(int count, String colour, Form form, boolean counted) {
        String adjective = colour == null ? "" : colour + " ";
        if (count > 1 || counted) {
            return NUMBERS.get(count) + " " + adjective + (count == 1 ? form.singular() : form.plural());
        }
        return (adjective.startsWith("o") ? "an " : "a ") + adjective + form.singular();
    }
}
