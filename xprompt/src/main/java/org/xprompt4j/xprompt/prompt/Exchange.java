package org.xprompt4j.xprompt.prompt;

import java.util.ArrayList;
import java.util.List;

/**
 * What is asked and what is answered, as a worked example or as the job: a picture and its edit, two pictures and how they differ,
 * words and the picture they describe.
 *
 * @param asked pictures and words of the question
 * @param answered pictures and words of the answer
 */
public record Exchange(List<Part> asked, List<Part> answered) {
    /** Refuses an exchange without an answer; keeps copies of the lists. */
    public Exchange {
        asked = List.copyOf(asked);
        answered = List.copyOf(answered);
        if (answered.isEmpty()) {
            throw new IllegalArgumentException("an exchange needs an answer");
        }
    }

    /** This picture becomes that one. */
    public static Exchange pictures(int[] input, int[] output) {
        return new Exchange(List.of(new Part.Image(input)), List.of(new Part.Image(output)));
    }

    /** The same question with these words, see {@link #question}; itself when there are no ids. */
    public Exchange withWords(int[] ids) {
        return ids.length == 0 ? this : new Exchange(question(ids, asked), answered);
    }

    /**
     * A question of words and pictures. Words stand first, so that an answer's picture follows its query at one distance whatever is said:
     * what a model copies from the query it finds there.
     *
     * @param words vocabulary ids, [tokens]; none when there are none
     */
    public static List<Part> question(int[] words, List<? extends Part> pictures) {
        List<Part> parts = new ArrayList<>();
        if (words.length > 0) {
            parts.add(new Part.Text(words));
        }
        parts.addAll(pictures);
        return parts;
    }

    /** Codes of the first picture of the question. */
    public int[] query() {
        return picture(asked, "question");
    }

    /** Codes of the first picture of the answer. */
    public int[] answer() {
        return picture(answered, "answer");
    }

    private static int[] picture(List<Part> parts, String side) {
        for (Part part : parts) {
            if (part instanceof Part.Image image) {
                return image.codes();
            }
        }
        throw new IllegalStateException("this exchange has no picture in its " + side);
    }
}
