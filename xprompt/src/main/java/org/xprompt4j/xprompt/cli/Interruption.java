package org.xprompt4j.xprompt.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C as a request: a long command asks {@link #requested} between steps, saves, and closes this; only then the JVM ends.
 * A second Ctrl-C is not needed; a command that does not answer within a minute is ended anyway.
 */
final class Interruption implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::waitForTheCommand, "interruption");
    private volatile boolean requested;

    private Interruption() {
    }

    static Interruption listen() {
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    private void waitForTheCommand() {
        requested = true;
        try {
            finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** True once the user or the system has asked this process to end. */
    boolean requested() {
        return requested;
    }

    /** Lets the process end. */
    @Override
    public void close() {
        finished.countDown();
        if (!requested) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }
}
