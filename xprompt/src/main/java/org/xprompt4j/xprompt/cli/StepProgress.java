package org.xprompt4j.xprompt.cli;

import org.xprompt4j.xprompt.data.DataPreparation;

/** Shows the steps of preparing data, one bar for each kind of step. */
final class StepProgress implements DataPreparation.Progress, AutoCloseable {
    private final CommonOptions common;
    private Progress progress;
    private String doing = "";

    StepProgress(CommonOptions common) {
        this.common = common;
    }

    @Override
    public void at(String what, int done, int total) {
        if (!what.equals(doing)) {
            close();
            progress = common.progress(what, total, "done");
            doing = what;
        }
        progress.at(done);
    }

    @Override
    public void close() {
        if (progress != null) {
            progress.close();
        }
    }
}
