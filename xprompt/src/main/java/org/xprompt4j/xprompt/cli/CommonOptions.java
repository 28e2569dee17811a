package org.xprompt4j.xprompt.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What every command has: {@code --help}, {@code --quiet}, {@code --json}, and the way to standard output and standard error.
 *
 * <pre>{@code
 * @Mixin CommonOptions common;
 * ...
 * common.result(report, () -> common.out().println("a table"));
 * }</pre>
 */
public final class CommonOptions {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help and exit")
    private boolean help;

    @Option(names = "--json", description = "print results as JSON, one object a line, instead of text")
    private boolean json;

    @Option(names = {"-q", "--quiet"}, description = "no progress and no notes on standard error")
    private boolean quiet;

    /** True when results are wanted as JSON. */
    public boolean json() {
        return json;
    }

    public boolean quiet() {
        return quiet;
    }

    /** Standard output: results. */
    public PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Standard error. */
    public PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** A line on standard error unless quiet. */
    public void note(String line) {
        if (!quiet) {
            err().println(line);
        }
    }

    /** Prints a result: the value as one line of JSON with {@code --json}, else what {@code text} prints. */
    public void result(Object value, Runnable text) {
        if (json) {
            printJson(value);
        } else {
            text.run();
        }
    }

    /** One value (a record, map or list) as one line of JSON on standard output. */
    public void printJson(Object value) {
        try {
            out().println(MAPPER.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a result that has no JSON form: " + value.getClass(), e);
        }
    }

    /** Progress of {@code total} steps (0: unknown), shown on standard error unless quiet. Close it. */
    public Progress progress(String task, long total, String unit) {
        return Progress.start(task, total, unit, quiet, err());
    }
}
