package org.xprompt4j.cuda.emulator;

/**
 * Who touched each four bytes of a span: the last writer and two readers, as cells of {@link RaceDetector}. Pages are made when first touched.
 */
final class Shadow {
    static final int PAGE_GRANULES = 1024;
    private final long[][] writers;
    private final long[][] readers;
    /** Serial of the last block that wrote here. */
    long lastWriter;

    Shadow(long bytes) {
        int pages = (int) ((bytes + 3) / 4 + PAGE_GRANULES - 1) / PAGE_GRANULES;
        writers = new long[pages][];
        readers = new long[pages][];
    }

    long[] writers(int granule) {
        long[] page = writers[granule / PAGE_GRANULES];
        return page != null ? page : (writers[granule / PAGE_GRANULES] = new long[PAGE_GRANULES]);
    }

    /** Two cells a granule. */
    long[] readers(int granule) {
        long[] page = readers[granule / PAGE_GRANULES];
        return page != null ? page : (readers[granule / PAGE_GRANULES] = new long[2 * PAGE_GRANULES]);
    }

    boolean hasReaders(int granule) {
        return readers[granule / PAGE_GRANULES] != null;
    }
}
