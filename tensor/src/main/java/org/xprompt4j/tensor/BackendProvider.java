package org.xprompt4j.tensor;

import java.util.Map;

/** Found by {@link java.util.ServiceLoader}: a module that can open one kind of device. */
public interface BackendProvider {
    /** Device name as on the command line, such as {@code cuda}. */
    String device();

    /**
     * Opens the device.
     *
     * @throws InvalidInput with one line that says what is missing and what to do
     */
    Backend open();

    /** Why {@link #open} would refuse on this machine, with the remedy, in one line; null when it would not. Opens nothing. */
    default String obstacle() {
        return null;
    }

    /** What there is to know of the device without opening it: hardware, driver, settings, by name in the order to show; for diagnosis. */
    default Map<String, String> facts() {
        return Map.of();
    }
}
