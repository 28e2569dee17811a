package org.xprompt4j.xprompt.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.xprompt4j.tensor.file.AtomicFile;

/**
 * Ctrl-C and SIGTERM. A command that works in steps listens: it asks {@link #requested} between them, saves, says how to go on,
 * and closes this; only then the process ends. Every other command ends at once, but never in the middle of a file. The exit
 * code is the system's, 130 after Ctrl-C and 143 after SIGTERM. A listener that does not answer within a minute is ended anyway.
 */
final class Interruption implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;
    private static final int FILE_SECONDS = 20; // for a file that is being written
    private static final AtomicReference<Interruption> LISTENER = new AtomicReference<>();
    private static volatile boolean abandoned;

    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile boolean requested;

    private Interruption() {
    }

    /** Called once by the process that runs a command line. */
    static void install() {
        Runtime.getRuntime().addShutdownHook(new Thread(Interruption::end, "interruption"));
    }

    /** From here to {@link #close} the process ends only when the command has answered. */
    static Interruption listen() {
        Interruption interruption = new Interruption();
        LISTENER.set(interruption);
        return interruption;
    }

    private static void end() {
        Interruption listener = LISTENER.get();
        try {
            if (listener == null) {
                abandoned = true;
            } else {
                listener.requested = true;
                listener.finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            AtomicFile.endWriting(FILE_SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** True when the process ends while a command runs that does not listen: what it says from now on is of no use. */
    static boolean abandoned() {
        return abandoned;
    }

    /** True once the user or the system has asked this process to end. */
    boolean requested() {
        return requested;
    }

    /** Lets the process end. */
    @Override
    public void close() {
        LISTENER.compareAndSet(this, null);
        finished.countDown();
    }
}
