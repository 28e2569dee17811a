package org.xprompt4j.xprompt.wording;

import java.util.Map;
import java.util.Set;

/** What is said of edits with named things. Every method takes the exact parameters as words; names come without an article. */
public final class SpriteWords {
    private static final String SECOND = "[the second picture|the second one|the other picture]";
    /** Written with a vowel and spoken without, or the other way round. */
    private static final Set<String> OTHER_ARTICLE = Set.of("unicorn", "hourglass");

    private static final Phrases ADD_ASKED = Phrases.of(
            "[please |]add {object} {place}", "put {object} {place}", "draw {object} {place} of [the picture|the photo|the image]",
            "there should be {object} {place}", "i want {object} {place}");
    private static final Phrases ADD_UNDONE = Phrases.of(
            "[please |]remove {it}", "take {it} away", "[erase|delete] {it} {place}", "get rid of {it}", "[the picture|the photo] without {it}[ please|]");
    private static final Phrases ADD_TOLD = Phrases.of(
            "{object} was added {place}", "there is {object} {place} now", SECOND + " has {object} {place}", "someone put {object} {place}",
            "{object} [appeared|turned up] {place}");
    private static final Phrases ADD_UNDONE_TOLD = Phrases.of(
            "{it} {place} was removed", "there is no longer {object} {place}", SECOND + " is without {it}", "someone took {it} away", "{it} is gone");

    private static final Phrases SCATTER_ASKED = Phrases.of(
            "[please |]add {object}", "put {object} [somewhere|anywhere]", "draw {object} [in|into] [the picture|the photo|the image]",
            "there should be {object}", "i want {object}[ in it|]");
    private static final Phrases SCATTER_UNDONE = Phrases.of(
            "[please |]remove {it}", "take {it} away", "[erase|delete] {it}", "get rid of {it}", "[the picture|the photo] without {it}[ please|]");
    private static final Phrases SCATTER_TOLD = Phrases.of(
            "{object} was added", "there is {object} now", SECOND + " has {object}", "someone put {object} there", "{object} [appeared|turned up]");
    private static final Phrases SCATTER_UNDONE_TOLD = Phrases.of(
            "{it} was removed", "there is no longer {object}", SECOND + " is without {it}", "someone took {it} away", "{it} is gone");

    private static final Phrases REPLACE_ASKED = Phrases.of(
            "[please |]replace {it} with {other}", "swap {it} for {other}", "turn {it} into {other}", "put {other} where {it} is",
            "i want {other} instead of {it}");
    private static final Phrases REPLACE_UNDONE = Phrases.of(
            "[please |]replace {theother} with {object}", "swap {theother} for {object}", "turn {theother} into {object}",
            "put {object} where {theother} is", "i want {object} instead of {theother}");
    private static final Phrases REPLACE_TOLD = Phrases.of(
            "{it} was replaced with {other}", "{it} became {other}", SECOND + " has {other} instead of {object}", "there is {other} where {it} was",
            "{it} gave way to {other}");
    private static final Phrases REPLACE_UNDONE_TOLD = Phrases.of(
            "{theother} was replaced with {object}", "{theother} became {object}", SECOND + " has {object} instead of {other}",
            "there is {object} where {theother} was", "{theother} gave way to {object}");

    private static final Phrases RECOLOUR_ASKED = Phrases.of(
            "[please |]make {it} {colour}", "paint {it} {colour}", "[turn|colour] {it} {colour}", "{it} [should|must] be {colour}", "i want {it} in {colour}");
    private static final Phrases RECOLOUR_UNDONE = Phrases.of(
            "give {it} its own colours back", "restore the colours of {it}", "undo the {colour} of {it}", "{it} should not be {colour}",
            "i want {it} in its own colours");
    private static final Phrases RECOLOUR_TOLD = Phrases.of(
            "{it} is {colour} now", "{it} became {colour}", "{it} was painted {colour}", "in " + SECOND + " {it} is {colour}", "{it} turned {colour}");
    private static final Phrases RECOLOUR_UNDONE_TOLD = Phrases.of(
            "{it} has its own colours again", "{it} is no longer {colour}", "{it} was {colour} before", "in " + SECOND + " {it} is not {colour}",
            "the {colour} of {it} is gone");

    private static final Phrases MOVE_ASKED = Phrases.of(
            "[please |]move {it} {way}", "[push|shift] {it} {way}", "bring {it} {way}", "{it} [should|must] go {way}", "i want {it} moved {way}");
    private static final Phrases MOVE_UNDONE = Phrases.of(
            "[please |]move {it} {back}", "[push|shift] {it} {back}", "bring {it} {back}", "{it} [should|must] go {back}", "i want {it} moved {back}");
    private static final Phrases MOVE_TOLD = Phrases.of(
            "{it} moved {way}", "{it} was [pushed|shifted] {way}", "{it} went {way}", "someone brought {it} {way}", "{it} has gone {way}");
    private static final Phrases MOVE_UNDONE_TOLD = Phrases.of(
            "{it} moved {back}", "{it} was [pushed|shifted] {back}", "{it} went {back}", "someone brought {it} {back}", "{it} has gone {back}");

    private static final Phrases STYLE_ASKED = Phrases.of(
            "draw [it|the picture|the thing] {style}", "[please |]make it {style}", "turn it into {drawing}", "show it as {drawing}", "i want {drawing}[ of it|]");
    private static final Phrases STYLE_UNDONE = Phrases.of(
            "draw [it|the picture|the thing] {before}", "[please |]make it {before}", "turn it into {olddrawing}", "show it as {olddrawing}",
            "i want {olddrawing}[ of it|]");
    private static final Phrases STYLE_TOLD = Phrases.of(
            "it is drawn {style} now", "it became {style}", SECOND + " is {drawing}", "it was {before} and is {style}", "no longer {before} but {style}");
    private static final Phrases STYLE_UNDONE_TOLD = Phrases.of(
            "it is drawn {before} now", "it became {before}", SECOND + " is {olddrawing}", "it was {style} and is {before}", "no longer {style} but {before}");

    private SpriteWords() {
    }

    /** "an owl", "a unicorn". */
    public static String object(String name) {
        boolean vowel = "aeiou".indexOf(name.charAt(0)) >= 0;
        return (vowel != OTHER_ARTICLE.contains(name) ? "an " : "a ") + name;
    }

    private static String it(String name) {
        return "the " + name;
    }

    /**
     * Something is put to a place.
     *
     * @param place "on the left"
     */
    public static Wording add(String name, String place) {
        return new Wording("add", ADD_ASKED, ADD_UNDONE, ADD_TOLD, ADD_UNDONE_TOLD, Map.of("object", object(name), "it", it(name), "place", place));
    }

    /** Something is put anywhere. */
    public static Wording scatter(String name) {
        return new Wording("add", SCATTER_ASKED, SCATTER_UNDONE, SCATTER_TOLD, SCATTER_UNDONE_TOLD, Map.of("object", object(name), "it", it(name)));
    }

    /** One thing for another. */
    public static Wording replace(String name, String other) {
        return new Wording("replace", REPLACE_ASKED, REPLACE_UNDONE, REPLACE_TOLD, REPLACE_UNDONE_TOLD,
                Map.of("object", object(name), "it", it(name), "other", object(other), "theother", it(other)));
    }

    /** Something takes a colour. */
    public static Wording recolour(String name, String colour) {
        return new Wording("recolour", RECOLOUR_ASKED, RECOLOUR_UNDONE, RECOLOUR_TOLD, RECOLOUR_UNDONE_TOLD, Map.of("it", it(name), "colour", colour));
    }

    /**
     * Something goes to a side.
     *
     * @param way "to the right"
     * @param back the opposite way
     */
    public static Wording move(String name, String way, String back) {
        return new Wording("move", MOVE_ASKED, MOVE_UNDONE, MOVE_TOLD, MOVE_UNDONE_TOLD, Map.of("it", it(name), "way", way, "back", back));
    }

    /**
     * Everything is drawn in another way.
     *
     * @param before how it was drawn, as it follows "draw it": "flat"
     * @param style how it is drawn then
     */
    public static Wording style(String before, String style) {
        return new Wording("style", STYLE_ASKED, STYLE_UNDONE, STYLE_TOLD, STYLE_UNDONE_TOLD,
                Map.of("before", before, "style", style, "drawing", drawing(style), "olddrawing", drawing(before)));
    }

    /** "a flat drawing", "a drawing in 3d". */
    private static String drawing(String style) {
        return style.startsWith("in ") ? "a drawing " + style : "a " + style + " drawing";
    }
}
