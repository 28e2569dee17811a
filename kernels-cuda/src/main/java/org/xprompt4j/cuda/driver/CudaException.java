package org.xprompt4j.cuda.driver;

/** A call to the device failed. The message names the call, the error, what was being computed and what to do. */
public final class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean outOfMemory;

    public CudaException(String message) {
        this(message, false, null);
    }

    public CudaException(String message, boolean outOfMemory, Throwable cause) {
        super(message, cause);
        this.outOfMemory = outOfMemory;
    }

    /** True when the device had no room for an allocation. */
    public boolean isOutOfMemory() {
        return outOfMemory;
    }
}
