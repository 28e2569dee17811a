package org.xprompt4j.bench.gpu;

import java.util.function.IntConsumer;

import org.xprompt4j.cuda.timing.DeviceClock;
import org.xprompt4j.cuda.timing.DeviceClock.Mark;

/**
 * Times work by events in the device's queue. Before every sample the device reads a large buffer: that empties its cache of operands,
 * and while it is busy the host queues what follows, so that the time between the two events is the device's own and not that of the
 * calls.
 */
public final class GpuTimer {
    private static final double WARM_UP_MICROS = 500_000;
    private static final double SHORTEST_MICROS = 200; // of a sample: the clock ticks in half microseconds
    private static final int MOST_REPEATS = 32;
    private static final double QUEUE_SHARE = 0.7; // of the reading, in which the calls of a sample must fit

    /**
     * How a work is sampled.
     *
     * @param repeats runs between two events
     * @param micros of a run, roughly
     * @param hostMicros what the calls of a run cost the host
     * @param hidden false when the calls of one run take longer than the reading before it: its time then may be the host's
     */
    public record Pace(int repeats, double micros, double hostMicros, boolean hidden) {
    }

    private final DeviceClock clock;
    private final Runnable reading;
    private final double readingMicros;

    /** @param reading queues reading of a buffer several times as large as the cache */
    public GpuTimer(DeviceClock clock, Runnable reading) {
        this.clock = clock;
        this.reading = reading;
        between(reading);
        this.readingMicros = between(reading);
    }

    /** Runs the work for half a second and finds out how to sample it. */
    public Pace warmUp(IntConsumer run, int sets) {
        double spent = 0;
        double micros = 0;
        double host = 0;
        int set = 0;
        do {
            int from = set;
            long start = System.nanoTime();
            long[] queued = new long[1];
            int batch = Math.max(1, Math.min(sets, MOST_REPEATS));
            double took = between(() -> {
                for (int i = 0; i < batch; i++) {
                    run.accept((from + i) % sets);
                }
                queued[0] = System.nanoTime();
            });
            host = (queued[0] - start) * 1e-3 / batch;
            micros = took / batch;
            set = (from + batch) % sets;
            spent += Math.max(took, 1);
        } while (spent < WARM_UP_MICROS);
        return pace(sets, micros, host, readingMicros);
    }

    static Pace pace(int sets, double micros, double hostMicros, double readingMicros) {
        double wanted = Math.ceil(SHORTEST_MICROS / Math.max(micros, 1e-3));
        double fit = Math.floor(QUEUE_SHARE * readingMicros / Math.max(hostMicros, 1e-3));
        int repeats = (int) Math.clamp(Math.min(wanted, fit), 1, Math.min(sets, MOST_REPEATS));
        return new Pace(repeats, micros, hostMicros, hostMicros <= QUEUE_SHARE * readingMicros);
    }

    /** One sample in microseconds a run, beginning with a set. */
    public double sample(IntConsumer run, int sets, int from, int repeats) {
        reading.run();
        return between(() -> {
            for (int i = 0; i < repeats; i++) {
                run.accept((from + i) % sets);
            }
        }) / repeats;
    }

    private double between(Runnable work) {
        try (Mark start = clock.mark()) {
            work.run();
            try (Mark end = clock.mark()) {
                return clock.microseconds(start, end);
            }
        }
    }
}
