package org.xprompt4j.tests.device;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.InvalidInput;

/**
 * The devices of tests that are tagged {@code gpu}: the emulator and the GPU, or the one that {@code -Dxprompt4j.test.device} names. Without a
 * GPU they are skipped there, and the reason is printed once.
 */
public final class TestDevice {
    public static final String EMULATOR = "ptx";
    public static final String GPU = "cuda";
    private static final String PROPERTY = "xprompt4j.test.device";
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private TestDevice() {
    }

    /** True when one device was asked for. */
    public static boolean isGiven() {
        return System.getProperty(PROPERTY) != null;
    }

    /** From now on tests run on this device alone. */
    public static void give(String device) {
        System.setProperty(PROPERTY, device);
    }

    /** The source of parameterized classes and tests. */
    public static Stream<String> devices() {
        return isGiven() ? Stream.of(System.getProperty(PROPERTY)) : Stream.of(EMULATOR, GPU);
    }

    /** Opens a device; ends the test as skipped when it is a GPU that cannot be used here. */
    public static Backend open(String device) {
        try {
            return Backends.open(device);
        } catch (InvalidInput e) {
            if (!device.equals(GPU)) {
                throw e;
            }
            skip(e);
            throw new AssertionError("not reached", e);
        }
    }

    /** Ends a test as skipped, for a device that this machine has not. */
    public static void skip(InvalidInput obstacle) {
        if (TOLD.add(obstacle.getMessage())) {
            System.out.println("skipped: tests on a device that is not here: " + obstacle.getMessage());
        }
        Assumptions.abort(obstacle.getMessage());
    }
}
