package org.xprompt4j.cuda;

import org.xprompt4j.cuda.driver.EmulatedDriver;
import org.xprompt4j.cuda.kernel.Precision;
import org.xprompt4j.tensor.Backend;

/** Opens the device {@code ptx} over a driver of one's own, to look at what it launches. */
public final class EmulatedBackend {
    private EmulatedBackend() {
    }

    /** The operations over this driver, which is closed with them. */
    public static Backend over(EmulatedDriver driver, Precision precision) {
        return new CudaBackend("ptx", driver, precision);
    }
}
