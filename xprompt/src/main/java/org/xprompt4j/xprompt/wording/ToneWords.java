package org.xprompt4j.xprompt.wording;

import java.util.Map;

/** What is said of changes of tone, colour, structure and quality. Every method takes the exact parameters as words. */
public final class ToneWords {
    private static final String PICTURE = "[the picture|the photo|the image|it]";
    private static final String SECOND = "[the second picture|the second one|the other picture]";

    private static final Phrases QUALITY_ASKED = Phrases.of(
            "make " + PICTURE + " {more}", "[please |]turn " + PICTURE + " {more}", PICTURE + " [should|must] be {more}",
            "give me a {more} [version|picture]");
    private static final Phrases QUALITY_UNDONE = Phrases.of(
            "make " + PICTURE + " {less}", "[please |]turn " + PICTURE + " {less}", PICTURE + " [should|must] be {less}",
            "give me a {less} [version|picture]");
    private static final Phrases QUALITY_TOLD = Phrases.of(
            SECOND + " is {more}", "it [became|was made] {more}", "the [change|edit] made it {more}", "{more} than before");
    private static final Phrases QUALITY_UNDONE_TOLD = Phrases.of(
            SECOND + " is {less}", "it [became|was made] {less}", "the [change|edit] made it {less}", "{less} than before");
    private static final Phrases STATE_ASKED = Phrases.of(
            "make " + PICTURE + " {state}", "turn " + PICTURE + " into {state}", "[change|convert] " + PICTURE + " to {state}",
            "i want " + PICTURE + " in {state}");
    private static final Phrases STATE_UNDONE = Phrases.of(
            "[undo|remove] the {state}", "[bring|give] back {back}", "restore {back}", "i want {back} again");
    private static final Phrases STATE_TOLD = Phrases.of(
            SECOND + " is in {state}", "it was [turned|changed] into {state}", "now it is {state}", "{state} instead of {back}");
    private static final Phrases STATE_UNDONE_TOLD = Phrases.of(
            SECOND + " has {back} again", "the {state} is gone", "{back} came back", "{back} instead of {state}");
    private static final Phrases VEIL_ASKED = Phrases.of(
            "add {thing}", "[put|lay] {thing} over " + PICTURE, "let there be {thing}", PICTURE + " with {thing}[ please|]");
    private static final Phrases VEIL_UNDONE = Phrases.of(
            "remove the {thing}", "take the {thing} away", "clean " + PICTURE + " of {thing}", PICTURE + " without {thing}[ please|]");
    private static final Phrases VEIL_TOLD = Phrases.of("{thing} was added", SECOND + " has {thing}", "there is {thing} now", "{thing} came in");
    private static final Phrases VEIL_UNDONE_TOLD = Phrases.of(
            "the {thing} was removed", SECOND + " has no {thing}", "there is no {thing} now", "the {thing} is gone");
    private static final Phrases DUOTONE_ASKED = Phrases.of(
            "draw " + PICTURE + " in {dark} and {light}", "make the dark parts {dark} and the light parts {light}",
            "[use|take] {dark} for shadows and {light} for lights", "print " + PICTURE + " from {dark} to {light}");
    private static final Phrases DUOTONE_UNDONE = Phrases.of(
            "bring the colours back", "undo the two colours", "restore all colours", "i want the true colours again");
    private static final Phrases DUOTONE_TOLD = Phrases.of(
            SECOND + " is in {dark} and {light}", "the dark parts became {dark} and the light parts {light}",
            "shadows are {dark} and lights are {light} now", "it runs from {dark} to {light}");
    private static final Phrases DUOTONE_UNDONE_TOLD = Phrases.of(
            SECOND + " has all colours, not {dark} and {light}", "the colours came back", "no longer {dark} and {light}",
            "the {dark} and {light} are gone");
    private static final Phrases PERMUTATION_ASKED = Phrases.of(
            "turn red into {first}, green into {second} and blue into {third}", "[show|draw] red as {first}, green as {second}, blue as {third}",
            "swap colours: red is {first}, green is {second}, blue is {third}", "red becomes {first}, green {second}, blue {third}");
    private static final Phrases PERMUTATION_UNDONE = Phrases.of(
            "[bring|put] the colours back in order", "undo the swap of colours", "restore red, green and blue", "i want the true colours again");
    private static final Phrases PERMUTATION_TOLD = Phrases.of(
            "red became {first}, green {second} and blue {third}", "red is {first} now, green is {second}, blue is {third}",
            "colours were swapped: red to {first}, green to {second}, blue to {third}", "{first} for red, {second} for green, {third} for blue");
    private static final Phrases PERMUTATION_UNDONE_TOLD = Phrases.of(
            "the colours are back in order", "red is red again, no longer {first}, green not {second}, blue not {third}",
            "the swap to {first}, {second}, {third} is undone", "no more {first} for red, {second} for green, {third} for blue");

    private ToneWords() {
    }

    /** A quality that a picture gains: {@code darker}; the inverse names the opposite. */
    private static Wording quality(String kind, String more, String opposite) {
        return new Wording(kind, QUALITY_ASKED, QUALITY_UNDONE, QUALITY_TOLD, QUALITY_UNDONE_TOLD, Map.of("more", more, "less", opposite));
    }

    /** A state that a picture is brought into: {@code black and white}; the inverse asks for the colours back. */
    private static Wording state(String kind, String state, String back) {
        return new Wording(kind, STATE_ASKED, STATE_UNDONE, STATE_TOLD, STATE_UNDONE_TOLD, Map.of("state", state, "back", back));
    }

    /** Something that is laid over a picture and can be taken away: {@code rain}. */
    private static Wording veil(String kind, String thing) {
        return new Wording(kind, VEIL_ASKED, VEIL_UNDONE, VEIL_TOLD, VEIL_UNDONE_TOLD, Map.of("thing", thing));
    }

    /** Darker. */
    public static Wording darker() {
        return quality("darker", "darker", "brighter");
    }

    /** Brighter. */
    public static Wording brighter() {
        return quality("brighter", "brighter", "darker");
    }

    /** Colours are richer, or paler. */
    public static Wording saturation(boolean richer) {
        return quality(richer ? "richer" : "paler", richer ? "more colourful" : "paler", richer ? "paler" : "more colourful");
    }

    /** Contrast is harder, or softer. */
    public static Wording contrast(boolean harder) {
        return quality(harder ? "harder" : "softer", harder ? "harder in contrast" : "softer in contrast", harder ? "softer in contrast" : "harder in contrast");
    }

    /** Light is warmer, or colder. */
    public static Wording temperature(boolean warmer) {
        return quality(warmer ? "warmer" : "colder", warmer ? "warmer" : "colder", warmer ? "colder" : "warmer");
    }

    /** The negative. */
    public static Wording negative() {
        return state("negative", "a negative", "the true colours");
    }

    /** Black and white. */
    public static Wording grey() {
        return state("grey", "black and white", "the colours");
    }

    /** Sepia. */
    public static Wording sepia() {
        return state("sepia", "sepia", "the colours");
    }

    /** Few levels of each channel. */
    public static Wording posterise(int levels) {
        return state("posterise", "a poster of " + number(levels) + " levels", "smooth colours");
    }

    /** Two colours for dark and light. */
    public static Wording duotone(String dark, String light) {
        return new Wording("duotone", DUOTONE_ASKED, DUOTONE_UNDONE, DUOTONE_TOLD, DUOTONE_UNDONE_TOLD, Map.of("dark", dark, "light", light));
    }

    /** Channels in another order. */
    public static Wording permutation(String first, String second, String third) {
        return new Wording("permute", PERMUTATION_ASKED, PERMUTATION_UNDONE, PERMUTATION_TOLD, PERMUTATION_UNDONE_TOLD,
                Map.of("first", first, "second", second, "third", third));
    }

    /** Light of one colour over everything. */
    public static Wording cast(String colour) {
        return veil("cast", colour + " light");
    }

    /** Grains. */
    public static Wording noise() {
        return veil("noise", "noise");
    }

    /** Streaks. */
    public static Wording rain() {
        return veil("rain", "rain");
    }

    /** A veil of one colour. */
    public static Wording haze(String colour) {
        return veil("haze", colour + " haze");
    }

    /** Dark and noisy, as a camera sees it with too little light. */
    public static Wording lowLight() {
        return state("low-light", "a badly lit picture", "good light");
    }

    /** Blurred. */
    public static Wording blur() {
        return quality("blur", "blurred", "sharp");
    }

    /** Large square pixels. */
    public static Wording pixels(int count) {
        return state("pixelate", "blocks, " + number(count) + " in a row", "fine detail");
    }

    /** A border. */
    public static Wording frame(String colour) {
        return veil("frame", colour + " frame");
    }

    /** A covered square. */
    public static Wording hole(String colour) {
        return veil("hole", colour + " square");
    }

    /** Outlines on a plain ground. */
    public static Wording edges(String ground) {
        return state("edges", "outlines on " + ground, "the full picture");
    }

    /** Night. */
    public static Wording night() {
        return state("night", "night", "daylight");
    }

    private static String number(int n) {
        return switch (n) {
            case 2 -> "two";
            case 3 -> "three";
            case 4 -> "four";
            case 8 -> "eight";
            default -> Integer.toString(n);
        };
    }
}
