package org.xprompt4j.cuda.driver;

import jcuda.driver.CUstream;

/** JCuda hides what the driver calls a stream; a library that is called without JCuda needs it. */
final class StreamHandle extends CUstream {
    long address() {
        return getNativePointer();
    }
}
