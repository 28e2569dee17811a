package org.xprompt4j.cuda.driver;

/** A mark in a device's queue. Close it to free it. */
public interface CudaEvent extends AutoCloseable {
    @Override
    void close();
}
