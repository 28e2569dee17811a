package org.xprompt4j.tensor.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

/**
 * A fixed set of resident threads that run the numbered tasks of one loop; the caller takes part. Tasks are handed out in order
 * to whoever is free, so an operation must write every result from exactly one task and never depend on which thread ran it.
 *
 * <p>Workers spin for some microseconds after their last task and then park, so that the operations of a training step follow
 * each other without a system call, and an idle process costs nothing. A loop inside a task, or beside a loop of another
 * thread, runs on its caller alone.
 */
final class WorkerPool {
    /** System property with the number of threads, the caller included. */
    static final String THREADS_PROPERTY = "xprompt4j.threads";

    private static final WorkerPool SHARED = new WorkerPool(sharedThreads());
    private static final long SPIN_NANOS = 200_000; // beyond what lies between two loops of a decode step, also with cold caches

    private final int threads;
    private final Thread[] workers;
    private final ReentrantLock loopLock = new ReentrantLock();
    private volatile Loop current;
    private volatile boolean closed;

    /** One loop: its tasks, how many were handed out and how many are done. */
    private static final class Loop {
        final int tasks;
        final IntConsumer body;
        final Thread caller = Thread.currentThread();
        final AtomicInteger next = new AtomicInteger();
        final AtomicInteger done = new AtomicInteger();
        volatile boolean callerParked;
        volatile Throwable failure;

        Loop(int tasks, IntConsumer body) {
            this.tasks = tasks;
            this.body = body;
        }

        /** Runs tasks until none is left; after a failure the rest are only counted. */
        void work() {
            for (int task = next.getAndIncrement(); task < tasks; task = next.getAndIncrement()) {
                try {
                    if (failure == null) {
                        body.accept(task);
                    }
                } catch (Throwable e) {
                    failure = e;
                } finally {
                    if (done.incrementAndGet() == tasks && callerParked) {
                        LockSupport.unpark(caller);
                    }
                }
            }
        }
    }

    /** A pool of its own for tests; everything else uses {@link #shared}. */
    WorkerPool(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("a worker pool needs at least 1 thread, got " + threads);
        }
        this.threads = threads;
        workers = new Thread[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = Thread.ofPlatform().daemon().name("xprompt4j-worker-" + (i + 1)).unstarted(this::serve);
        }
        for (Thread worker : workers) {
            worker.start();
        }
    }

    /** The one pool of the process. */
    static WorkerPool shared() {
        return SHARED;
    }

    /** Number of threads that run a loop, the caller included. */
    int threads() {
        return threads;
    }

    /**
     * Runs {@code body} for 0 .. tasks-1 and returns when all are done. The first failure seen is thrown here.
     */
    void parallelFor(int tasks, IntConsumer body) {
        if (tasks <= 1 || threads == 1 || loopLock.isHeldByCurrentThread() || isWorker(Thread.currentThread())
                || !loopLock.tryLock()) {
            for (int task = 0; task < tasks; task++) {
                body.accept(task);
            }
            return;
        }
        Loop loop = new Loop(tasks, body);
        try {
            current = loop;
            for (int i = 0; i < Math.min(workers.length, tasks - 1); i++) {
                LockSupport.unpark(workers[i]);
            }
            loop.work();
            await(loop);
            current = null;
        } finally {
            loopLock.unlock();
        }
        rethrow(loop.failure);
    }

    /** Stops the workers of a pool that is not shared. */
    void close() {
        closed = true;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
    }

    private boolean isWorker(Thread thread) {
        for (Thread worker : workers) {
            if (worker == thread) {
                return true;
            }
        }
        return false;
    }

    private static void await(Loop loop) {
        long spinUntil = System.nanoTime() + SPIN_NANOS;
        while (loop.done.get() < loop.tasks) {
            if (System.nanoTime() < spinUntil) {
                Thread.onSpinWait();
            } else {
                loop.callerParked = true;
                if (loop.done.get() < loop.tasks) {
                    LockSupport.park(loop);
                }
            }
        }
    }

    private void serve() {
        Loop last = null;
        long spinUntil = System.nanoTime() + SPIN_NANOS;
        while (!closed) {
            Loop loop = current;
            if (loop != null && loop != last) {
                loop.work();
                last = loop;
                spinUntil = System.nanoTime() + SPIN_NANOS;
            } else if (System.nanoTime() < spinUntil) {
                Thread.onSpinWait();
            } else {
                last = null; // do not keep the operands of a finished loop reachable; an exhausted loop does no harm
                LockSupport.park(this);
                spinUntil = System.nanoTime() + SPIN_NANOS;
            }
        }
    }

    private static void rethrow(Throwable failure) {
        switch (failure) {
            case null -> { }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException("a worker failed", failure);
        }
    }

    private static int sharedThreads() {
        String forced = System.getProperty(THREADS_PROPERTY);
        if (forced == null) {
            return Runtime.getRuntime().availableProcessors();
        }
        try {
            int threads = Integer.parseInt(forced);
            if (threads >= 1 && threads <= 4096) {
                return threads;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("-D" + THREADS_PROPERTY + "=" + forced + " must be a number from 1 to 4096", e);
        }
        throw new IllegalArgumentException("-D" + THREADS_PROPERTY + "=" + forced + " must be a number from 1 to 4096");
    }
}
