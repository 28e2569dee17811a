package org.xprompt4j.xprompt.wording;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Split;

/**
 * All that is said of one edit with fixed parameters (the paper's task augmentation, section 3.2): how to ask for it, how to ask for the
 * way back, and how to tell the difference in both directions.
 *
 * @param kind the edit in one word, as reports call it: {@code darker}, {@code add}
 * @param instruction asks for the edit
 * @param inverse asks for its undoing
 * @param difference tells what the second picture has that the first has not
 * @param inverseDifference the same with the pictures exchanged
 * @param attributes slots and what they hold: the exact parameters, as words
 */
public record Wording(String kind, Phrases instruction, Phrases inverse, Phrases difference, Phrases inverseDifference, Map<String, String> attributes) {
    /** Refuses phrases that ask for an attribute that is not given; keeps a copy of the attributes. */
    public Wording {
        attributes = Map.copyOf(attributes);
        for (Phrases phrases : new Phrases[] {instruction, inverse, difference, inverseDifference}) {
            if (!attributes.keySet().containsAll(phrases.slots())) {
                throw new IllegalArgumentException("the phrases of '" + kind + "' ask for " + phrases.slots() + ", given are " + attributes.keySet());
            }
        }
    }

    /** The way back: what was the inverse is the instruction. */
    public Wording reversed() {
        return new Wording("un-" + kind, inverse, instruction, inverseDifference, difference, attributes);
    }

    /** An instruction. */
    public String ask(Philox random, Split split) {
        return instruction.draw(random, attributes, split);
    }

    /** What changed from the first to the second picture. */
    public String tell(Philox random, Split split) {
        return difference.draw(random, attributes, split);
    }

    /**
     * Share of the attributes named by the truth that a text names too; 1 where the truth names none.
     *
     * @param said what a model said
     * @param truth a phrase of this wording
     */
    public double recovered(String said, String truth) {
        List<String> named = attributes.values().stream().filter(value -> names(truth, value)).toList();
        return named.isEmpty() ? 1 : named.stream().filter(value -> names(said, value)).count() / (double) named.size();
    }

    private static boolean names(String text, String value) {
        return text.toLowerCase(Locale.ROOT).contains(value.toLowerCase(Locale.ROOT));
    }
}
