package org.xprompt4j.tensor;

/**
 * What the user gave, or the environment, is at fault: a broken file, a missing module, sizes that contradict each other.
 * The message is one line that says what, where, and what to do; the command line prints it and exits with code 2.
 */
public final class InvalidInput extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong, where, and what to do, in one line. */
    public InvalidInput(String message) {
        super(message);
    }

    /** The same with the exception that told of it. */
    public InvalidInput(String message, Throwable cause) {
        super(message, cause);
    }
}
