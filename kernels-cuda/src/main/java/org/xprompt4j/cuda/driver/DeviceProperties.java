package org.xprompt4j.cuda.driver;

/**
 * What a device says of itself.
 *
 * @param name as its maker calls it
 * @param major compute capability, 9 for Hopper
 * @param minor compute capability behind the point
 * @param multiprocessors number of them
 * @param memoryBytes all of its memory
 * @param l2Bytes second-level cache
 * @param sharedBytesPerBlock most shared memory that a block can ask for
 * @param driverVersion CUDA version of the driver, 12040 for 12.4
 */
public record DeviceProperties(String name, int major, int minor, int multiprocessors, long memoryBytes, long l2Bytes,
        int sharedBytesPerBlock, int driverVersion) {
    /** Compute capability as one number, 90 for 9.0. */
    public int capability() {
        return 10 * major + minor;
    }

    /** Driver version as people write it. */
    public String driverText() {
        return text(driverVersion);
    }

    static String text(int driverVersion) {
        return driverVersion / 1000 + "." + driverVersion % 1000 / 10;
    }
}
