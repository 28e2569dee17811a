package org.xprompt4j.tensor;

/**
 * A step that runs again and again on the same tensors, made by {@link Backend#record}. A device that queues its work may record
 * the step's launches once and repeat them as one.
 */
public interface StepProgram extends AutoCloseable {
    /** Runs the step once more. A device that queues returns before it is done, and lets only so many runs wait. */
    void run();

    /** How many of the runs are known to be done. Never waits. */
    long completed();

    /** Lets go of what was recorded; the step's tensors stay. */
    @Override
    void close();

    /** A program that runs the step as it is. */
    static StepProgram immediate(Runnable step) {
        return new StepProgram() {
            private long runs;

            @Override
            public void run() {
                step.run();
                runs++;
            }

            @Override
            public long completed() {
                return runs;
            }

            @Override
            public void close() {
                // nothing was recorded
            }
        };
    }
}
