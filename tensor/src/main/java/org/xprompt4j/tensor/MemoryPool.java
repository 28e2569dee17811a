package org.xprompt4j.tensor;

/** Where scopes get memory from. Blocks that come back are used again, so steady-state steps ask the system for nothing. */
public interface MemoryPool {
    /** A block of at least this many bytes, 64-byte aligned, not cleared. */
    Storage take(long byteSize, String owner);

    /** Takes a block back; every later access through the storage throws. */
    void giveBack(Storage storage);

    /** Bytes obtained from the system and not returned to it: in use plus kept for reuse. */
    long reservedBytes();

    /** Bytes handed out to scopes. */
    long usedBytes();
}
