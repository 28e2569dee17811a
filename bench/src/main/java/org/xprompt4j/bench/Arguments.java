package org.xprompt4j.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.xprompt4j.tensor.InvalidInput;

/** The arguments of an instrument: {@code --name value} pairs and plain words. */
public final class Arguments {
    private final Map<String, String> options = new LinkedHashMap<>();
    private final List<String> words;

    private Arguments(List<String> words) {
        this.words = words;
    }

    /**
     * Reads a command line.
     *
     * @param known names of the options, without dashes
     * @throws InvalidInput for an unknown option or one without value
     */
    public static Arguments parse(String[] args, Set<String> known) {
        List<String> words = new ArrayList<>();
        Arguments out = new Arguments(words);
        for (int i = 0; i < args.length; i++) {
            if (!args[i].startsWith("--")) {
                words.add(args[i]);
                continue;
            }
            String name = args[i].substring(2);
            if (!known.contains(name)) {
                throw new InvalidInput("option " + args[i] + " is not known; there are --" + String.join(", --", known.stream().sorted().toList()));
            }
            if (i + 1 == args.length) {
                throw new InvalidInput("option " + args[i] + " needs a value");
            }
            out.options.put(name, args[++i]);
        }
        return out;
    }

    /** The arguments that are not options, in order. */
    public List<String> words() {
        return List.copyOf(words);
    }

    public String string(String name, String fallback) {
        return options.getOrDefault(name, fallback);
    }

    /** A whole number from {@code low} to {@code high}. */
    public int integer(String name, int fallback, int low, int high) {
        return number(name, options.getOrDefault(name, Integer.toString(fallback)), low, high);
    }

    /** Whole numbers between commas. */
    public int[] integers(String name, String fallback, int low, int high) {
        return Arrays.stream(options.getOrDefault(name, fallback).split(",")).mapToInt(part -> number(name, part, low, high)).toArray();
    }

    private static int number(String name, String text, int low, int high) {
        if (text.matches("[0-9]{1,9}")) {
            int value = Integer.parseInt(text);
            if (value >= low && value <= high) {
                return value;
            }
        }
        throw new InvalidInput("option --" + name + " must be a number from " + low + " to " + high + ", is '" + text + "'");
    }
}
