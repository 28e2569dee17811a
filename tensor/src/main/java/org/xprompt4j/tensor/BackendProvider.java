package org.xprompt4j.tensor;

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
}
