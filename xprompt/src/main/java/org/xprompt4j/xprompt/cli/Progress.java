package org.xprompt4j.xprompt.cli;

import java.io.PrintWriter;
import java.util.function.BooleanSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * How far a long command is, on standard error: a bar on a terminal, a line every few seconds elsewhere, nothing when quiet.
 * The launcher says whether standard error is a terminal ({@code -Dxprompt4j.terminal=true}), for the JVM cannot tell.
 */
public final class Progress implements AutoCloseable {
    private static final int BAR_MILLIS = 200;
    private static final int LINE_MILLIS = 5000;
    private static final int WIDTH = 100;

    private final ProgressBar bar; // null when quiet
    private volatile boolean begun; // a step was done; read by the thread that draws

    private Progress(String task, long total, String unit, boolean quiet, PrintWriter err) {
        if (quiet) {
            bar = null;
            return;
        }
        boolean terminal = Boolean.getBoolean("xprompt4j.terminal");
        ProgressBarConsumer consumer = terminal ? new ConsoleProgressBarConsumer(System.err, WIDTH) : new Lines(err, () -> begun);
        bar = new ProgressBarBuilder().setTaskName(task).setInitialMax(total <= 0 ? -1 : total)
                .setUnit(" " + unit, 1).setStyle(ProgressBarStyle.ASCII).setConsumer(consumer)
                .setUpdateIntervalMillis(terminal ? BAR_MILLIS : LINE_MILLIS).showSpeed().build();
    }

    static Progress start(String task, long total, String unit, boolean quiet, PrintWriter err) {
        return new Progress(task, total, unit, quiet, err);
    }

    /** One step done. */
    public void step() {
        step(1);
    }

    /** So many steps done. */
    public void step(long count) {
        if (bar != null) {
            begun = true;
            bar.stepBy(count);
        }
    }

    /** So many steps done in all. */
    public void at(long done) {
        if (bar != null) {
            begun |= done > 0;
            bar.stepTo(done);
        }
    }

    /** Words shown behind the bar, such as the loss. */
    public void note(String words) {
        if (bar != null) {
            bar.setExtraMessage(" " + words);
        }
    }

    /** Shows the last state and ends the line. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }

    /** For logs: whole lines, none twice in a row. */
    private static final class Lines implements ProgressBarConsumer {
        private final PrintWriter err;
        private final BooleanSupplier begun;
        private String last = "";

        Lines(PrintWriter err, BooleanSupplier begun) {
            this.err = err;
            this.begun = begun;
        }

        @Override
        public int getMaxRenderedLength() {
            return WIDTH;
        }

        @Override
        public void accept(String rendered) {
            String line = rendered.stripTrailing();
            if (!line.equals(last) && begun.getAsBoolean()) { // a refusal before the first step is then the only line
                err.println(line);
                last = line;
            }
        }

        @Override
        public void close() {
            err.flush();
        }
    }
}
