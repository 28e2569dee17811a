package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.BackendProvider;

/** Opens the device {@code scalar}. */
public final class ScalarBackendProvider implements BackendProvider {
    @Override
    public String device() {
        return ScalarBackend.DEVICE;
    }

    @Override
    public Backend open() {
        return new ScalarBackend();
    }
}
