package org.xprompt4j.bench.peak;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntToLongFunction;

/**
 * The best rates of this machine, in this process and with so many threads.
 *
 * @param threads that computed at once
 * @param gflops fused multiply-adds on registers, two operations each, in 10^9 a second
 * @param readGbytes bytes read from memory far larger than the caches, in one stream a thread or in four, in 10^9 a second
 * @param copyGbytes bytes read plus bytes written while copying such memory, in 10^9 a second
 */
public record Peak(int threads, double gflops, double readGbytes, double copyGbytes) {
    private static final int INTERVALS = 10;
    private static final long INTERVAL_NANOS = 120_000_000;

    /** Measures all three; takes some five seconds. */
    public static Peak measure(int threads) {
        double gflops = best(threads, worker -> MultiplyAdd.burst());
        try (Stream stream = new Stream(threads)) {
            double read = Math.max(best(threads, stream::read), best(threads, stream::readQuarters));
            return new Peak(threads, gflops, read, best(threads, stream::copy));
        }
    }

    /** The larger roofs of two measurements: nothing but disturbance makes a roof lower. */
    public Peak or(Peak other) {
        return new Peak(threads, Math.max(gflops, other.gflops), Math.max(readGbytes, other.readGbytes), Math.max(copyGbytes, other.copyGbytes));
    }

    /** Time that an amount of work takes at least, in seconds: the roofline. Bytes count as read ones. */
    public double leastSeconds(double flops, double bytes) {
        return Math.max(flops / (gflops * 1e9), bytes / (readGbytes * 1e9));
    }

    /**
     * The highest rate of several intervals, in 10^9 units a second.
     *
     * @param burst does some work of a worker and returns how many units that was
     */
    private static double best(int threads, IntToLongFunction burst) {
        double best = interval(threads, INTERVAL_NANOS, burst); // the first also waits for the compiler
        for (int i = 0; i < INTERVALS; i++) {
            best = Math.max(best, interval(threads, INTERVAL_NANOS, burst));
        }
        return best;
    }

    /** The rate of one interval. */
    static double interval(int threads, long nanoseconds, IntToLongFunction burst) {
        AtomicLong units = new AtomicLong();
        CountDownLatch ready = new CountDownLatch(threads);
        Thread[] workers = new Thread[threads];
        long[] nanos = new long[threads];
        for (int t = 0; t < threads; t++) {
            int worker = t;
            workers[t] = Thread.ofPlatform().daemon().name("peak-" + t).start(() -> {
                burst.applyAsLong(worker); // wakes caches and clocks
                ready.countDown();
                while (ready.getCount() > 0) {
                    Thread.onSpinWait();
                }
                long start = System.nanoTime();
                long end = start + nanoseconds;
                long done = 0;
                while (System.nanoTime() < end) {
                    done += burst.applyAsLong(worker);
                }
                nanos[worker] = System.nanoTime() - start;
                units.addAndGet(done);
            });
        }
        long longest = 1;
        for (int t = 0; t < threads; t++) {
            try {
                workers[t].join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while measuring the machine", e);
            }
            longest = Math.max(longest, nanos[t]);
        }
        return (double) units.get() / longest;
    }
}
