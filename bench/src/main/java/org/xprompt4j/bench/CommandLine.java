package org.xprompt4j.bench;

import org.xprompt4j.tensor.InvalidInput;

/** How every instrument ends: 0 done, 2 the user's input or environment is at fault (one line says what to do), 1 our fault. */
public final class CommandLine {
    /** The body of a main method. */
    @FunctionalInterface
    public interface Body {
        void run() throws Exception;
    }

    private CommandLine() {
    }

    /** Runs the body and ends the process. */
    public static void run(String name, Body body) {
        System.exit(code(name, body));
    }

    static int code(String name, Body body) {
        try {
            body.run();
            return 0;
        } catch (InvalidInput e) {
            System.err.println(name + ": " + e.getMessage());
            return 2;
        } catch (Exception e) {
            throw new IllegalStateException(name + " failed", e);
        }
    }
}
