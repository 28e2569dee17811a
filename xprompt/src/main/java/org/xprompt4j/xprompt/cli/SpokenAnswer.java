package org.xprompt4j.xprompt.cli;

import java.io.PrintWriter;

/** An answer on its way to standard output, piece by piece as it is drawn. Control characters that a model draws never reach the terminal. */
final class SpokenAnswer {
    private final PrintWriter out; // null for nowhere
    private boolean lineBegun;

    /** @param out where pieces go; null where the answer is wanted as a whole */
    SpokenAnswer(PrintWriter out) {
        this.out = out;
    }

    /** The next piece of text. */
    void text(String piece) {
        if (out != null && !piece.isEmpty()) {
            out.print(piece.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", "?"));
            out.flush();
            lineBegun = !piece.endsWith("\n");
        }
    }

    /** Something on a line of its own. */
    void line(String line) {
        end();
        if (out != null) {
            out.println(line);
        }
    }

    /** Ends the line under way. */
    void end() {
        if (lineBegun) {
            out.println();
            lineBegun = false;
        }
    }
}
