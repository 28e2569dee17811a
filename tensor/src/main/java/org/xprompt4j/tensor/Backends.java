package org.xprompt4j.tensor;

import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeSet;

/** Opens backends by device name: those of this module and those that {@link ServiceLoader} finds. */
public final class Backends {
    private Backends() {
    }

    /** Names of the devices that some module on the path provides, sorted; opening one may still fail for want of hardware. */
    public static List<String> devices() {
        TreeSet<String> names = new TreeSet<>();
        for (BackendProvider provider : providers()) {
            names.add(provider.device());
        }
        return List.copyOf(names);
    }

    /**
     * Opens a device: {@code cpu} (the Vector API; the scalar loops with one log line where the vector module is missing),
     * {@code scalar} (plain loops), or one that another module on the path provides.
     *
     * @throws InvalidInput when the device is unknown or cannot be opened, saying what to do
     */
    public static Backend open(String device) {
        for (BackendProvider provider : providers()) {
            if (provider.device().equals(device)) {
                return new CheckedBackend(new WideningBackend(provider.open()));
            }
        }
        throw new InvalidInput("device '" + device + "' is not known; use one of " + String.join(", ", devices()));
    }

    private static ServiceLoader<BackendProvider> providers() {
        return ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader());
    }
}
