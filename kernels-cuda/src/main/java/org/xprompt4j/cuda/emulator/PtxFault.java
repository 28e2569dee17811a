package org.xprompt4j.cuda.emulator;

/** A kernel did something wrong, or does not end. The message says in one line what, in which kernel and source line, and which thread of which block. */
public final class PtxFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What went wrong. */
    public enum Kind {
        /** An access outside of every allocation, or across the end of one. */
        OUT_OF_BOUNDS("out-of-bounds access"),
        /** An address that is not a multiple of the access size. */
        MISALIGNED("misaligned access"),
        /** An access to memory that was freed. */
        USE_AFTER_FREE("use after free"),
        /** A value was read that nobody had written. */
        UNINITIALISED("uninitialised read"),
        /** Two threads touched one place without a barrier between them, at least one of them writing. */
        RACE("data race"),
        /** All that still run wait for each other. */
        DEADLOCK("deadlock"),
        /** A barrier that not all threads of a warp reach. */
        DIVERGENT_BARRIER("divergent barrier"),
        /** A warp instruction whose mask names other lanes than those that execute it. */
        WARP_MEMBERS("wrong member mask"),
        /** A write to constants or parameters. */
        READ_ONLY("write to read-only memory"),
        /** More instructions than the launch may take: a kernel that does not end. */
        INSTRUCTION_LIMIT("instruction limit reached"),
        /** The kernel executed {@code trap}. */
        TRAP("trap"),
        /** An {@code assert} of the kernel does not hold. */
        ASSERTION("assertion failed"),
        /** Memory was freed that is not the start of an allocation, or twice. */
        INVALID_FREE("invalid free"),
        /** A grid, block, shared size or argument that the kernel cannot take. */
        BAD_LAUNCH("invalid launch"),
        /** An asynchronous copy whose size or addresses the machine does not allow. */
        BAD_COPY("invalid copy");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    private final Kind kind;
    private final String kernel;
    private final String file;
    private final int line;
    private final transient Grid block;
    private final transient Grid thread;
    private final long address;
    private final String allocation;

    PtxFault(Kind kind, String kernel, String file, int line, Grid block, Grid thread, long address, String allocation, String message) {
        super(message);
        this.kind = kind;
        this.kernel = kernel;
        this.file = file;
        this.line = line;
        this.block = block;
        this.thread = thread;
        this.address = address;
        this.allocation = allocation;
    }

    /** A fault outside kernels: of a copy, a free or a launch. */
    static PtxFault ofHost(Kind kind, long address, String allocation, String message) {
        return new PtxFault(kind, "", "", 0, null, null, address, allocation, kind + ": " + message);
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** Name of the kernel; empty for a fault of the host. */
    public String kernel() {
        return kernel;
    }

    /** Source file as the compiler saw it, or the PTX file. */
    public String file() {
        return file;
    }

    /** Line of {@link #file()}; 0 for a fault of the host. */
    public int line() {
        return line;
    }

    /** Block index, or null where none is at fault. */
    public Grid block() {
        return block;
    }

    /** Thread index in the block, or null where none is at fault. */
    public Grid thread() {
        return thread;
    }

    /** The address at fault; 0 where it is not about one. */
    public long address() {
        return address;
    }

    /** Label of the allocation nearest to the address, or null. */
    public String allocation() {
        return allocation;
    }
}
