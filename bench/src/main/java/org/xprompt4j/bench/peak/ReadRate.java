package org.xprompt4j.bench.peak;

/**
 * The rate of reading memory, measured turn by turn with other work: virtual machines share cores and memory with others, and
 * their rates change by a factor of two from one second to the next, so that only neighbouring turns can be compared.
 */
public final class ReadRate implements AutoCloseable {
    private static final long TURN_NANOS = 50_000_000;

    private final Stream stream;
    private final int threads;

    /** Memory of its own for this many threads, larger than the caches. */
    public ReadRate(int threads) {
        this.threads = threads;
        this.stream = new Stream(threads);
    }

    /** One turn, every thread from the first byte of its part on, in 10^9 bytes a second. */
    public double inOneStream() {
        return Peak.interval(threads, TURN_NANOS, stream::read);
    }

    /** One turn, every thread in four streams at once, in 10^9 bytes a second: mostly the faster way. */
    public double inFourStreams() {
        return Peak.interval(threads, TURN_NANOS, stream::readQuarters);
    }

    @Override
    public void close() {
        stream.close();
    }
}
