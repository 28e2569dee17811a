package org.xprompt4j.xprompt.cli;

import org.xprompt4j.tensor.InvalidInput;

/** Words that a user gives on the command line, checked before a model is opened. */
final class GivenWords {
    private static final int LONGEST = 4_000; // characters; a sentence has a hundred, and what is read grows with the square

    private GivenWords() {
    }

    /**
     * The words without blanks at their ends; null stays null.
     *
     * @throws InvalidInput naming the option when there is nothing to read, or too much
     */
    static String checked(String option, String words) {
        if (words == null) {
            return null;
        }
        String text = words.strip();
        if (text.isEmpty()) {
            throw new InvalidInput(option + " is empty; say what is meant, or leave it out");
        }
        if (text.length() > LONGEST) {
            throw new InvalidInput(option + " has " + text.length() + " characters, may have " + LONGEST + "; say it shorter");
        }
        return text;
    }
}
