package org.xprompt4j.tensor;

import java.util.ServiceLoader;
import java.util.TreeSet;

/** Opens backends by device name: those of this module and those that {@link ServiceLoader} finds. */
public final class Backends {
    private Backends() {
    }

    /**
     * Opens a device: {@code cpu} (the Vector API; the scalar loops with one log line where the vector module is missing),
     * {@code scalar} (plain loops), or one that another module on the path provides.
     *
     * @throws InvalidInput when the device is unknown or cannot be opened, saying what to do
     */
    public static Backend open(String device) {
        TreeSet<String> known = new TreeSet<>();
        for (BackendProvider provider : ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader())) {
            if (provider.device().equals(device)) {
                return provider.open();
            }
            known.add(provider.device());
        }
        throw new InvalidInput("device '" + device + "' is not known; use one of " + String.join(", ", known));
    }
}
