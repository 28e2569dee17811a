package org.xprompt4j.tests.fault;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/**
 * What goes wrong, and at which operation. Reads, writes, forces, renames, and whatever makes, opens, lists or removes files
 * are counted from 1 in the order in which the program asks for them.
 */
final class Fault {
    /** How an operation goes wrong. */
    enum Kind {
        /** It fails and does nothing; all others work. */
        FAILS,
        /** It fails half-way: half the bytes are read or written, a rename is done and then reported as failed. */
        TEARS,
        /** From it on nothing more fits on the disk: writes stop half-way, and nothing new can be made. Removing still works. */
        DISK_FULL,
        /** It is torn, nothing after it happens, and what was not forced to the disk is gone: a loss of power. */
        POWER_LOSS,
        /** Nothing fails, but no call reads or writes more than seven bytes. */
        SHORT
    }

    /** What an operation does to the disk. */
    enum Act {
        READ, WRITE, FORCE, RENAME, CREATE, REMOVE;

        boolean grows() {
            return this == WRITE || this == CREATE;
        }
    }

    /** What the caller has to do. */
    enum Verdict {
        PROCEED, FAIL, TEAR
    }

    private static final int SHORTEST = 7;

    private final Kind kind;
    private final long at;
    private long count;
    private boolean struck;

    Fault(Kind kind, long at) {
        this.kind = kind;
        this.at = at;
    }

    /** Counts an operation and says what happens to it. */
    synchronized Verdict next(Act act) {
        count++;
        if (kind == Kind.SHORT || count < at || count > at && (kind == Kind.FAILS || kind == Kind.TEARS)
                || kind == Kind.DISK_FULL && !act.grows()) {
            return Verdict.PROCEED;
        }
        boolean first = !struck;
        struck = true;
        return kind == Kind.FAILS || kind == Kind.POWER_LOSS && !first ? Verdict.FAIL : Verdict.TEAR;
    }

    /** True once something went wrong; a run without it has passed. */
    synchronized boolean struck() {
        return struck;
    }

    /** Operations so far. */
    synchronized long count() {
        return count;
    }

    boolean losesUnforced() {
        return kind == Kind.POWER_LOSS;
    }

    /** Most bytes that one call moves. */
    int most(int asked) {
        return kind == Kind.SHORT ? Math.min(asked, SHORTEST) : asked;
    }

    /** The exception that the operating system would raise. */
    IOException error(Path file) {
        return new FileSystemException(file.toString(), null, kind == Kind.DISK_FULL ? "No space left on device" : "Input/output error");
    }

    @Override
    public String toString() {
        return kind + " at operation " + at;
    }
}
