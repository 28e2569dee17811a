package org.xprompt4j.tensor;

import java.lang.foreign.MemorySegment;

/** Memory that the host addresses directly: pooled off-heap blocks and memory-mapped files. */
public final class HostStorage extends Storage {
    private final MemorySegment segment;
    private volatile boolean alive = true;

    /** Wraps a segment; whoever made the segment frees it after {@link #invalidate}. */
    public HostStorage(MemorySegment segment, String owner) {
        super(segment.byteSize(), owner);
        this.segment = segment;
    }

    @Override
    public boolean isAlive() {
        return alive;
    }

    @Override
    public MemorySegment segment() {
        if (!alive) {
            throw closed();
        }
        return segment;
    }

    @Override
    public void read(long byteOffset, MemorySegment target) {
        MemorySegment.copy(segment(), byteOffset, target, 0, target.byteSize());
    }

    @Override
    public void write(long byteOffset, MemorySegment source) {
        MemorySegment.copy(source, 0, segment(), byteOffset, source.byteSize());
    }

    /**
     * Called by the owner when it closes: every later access throws.
     *
     * @throws IllegalStateException when an operation computes with this memory now; it then stays valid
     */
    public void invalidate() {
        alive = false; // first: an operation that begins from here on finds it closed
        try {
            requireFree();
        } catch (IllegalStateException e) {
            alive = true;
            throw e;
        }
    }
}
