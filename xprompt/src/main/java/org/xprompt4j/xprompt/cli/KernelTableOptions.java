package org.xprompt4j.xprompt.cli;

import org.xprompt4j.tensor.InvalidInput;
import picocli.CommandLine.Option;

/** How much of a profile is printed. */
final class KernelTableOptions {
    @Option(names = "--top", paramLabel = "N", description = "print only the N source lines with the most instructions; default: all")
    private Integer top;

    @Option(names = "--no-source", description = "do not print the text of source lines")
    private boolean noSource;

    void check() {
        if (top != null && top < 1) {
            throw new InvalidInput("--top must be at least 1, is " + top);
        }
    }

    int top() {
        return top == null ? Integer.MAX_VALUE : top;
    }

    boolean source() {
        return !noSource;
    }
}
