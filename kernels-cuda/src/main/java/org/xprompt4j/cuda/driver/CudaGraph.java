package org.xprompt4j.cuda.driver;

/** Recorded work that is launched as one: a whole decode step. Close it to free it. */
public interface CudaGraph extends AutoCloseable {
    /** Number of recorded operations. */
    int operations();

    @Override
    void close();
}
