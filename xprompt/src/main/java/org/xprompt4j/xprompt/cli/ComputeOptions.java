package org.xprompt4j.xprompt.cli;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import picocli.CommandLine.Option;

/** Where to compute and which random numbers to draw. Equal seeds give equal results. */
public final class ComputeOptions {
    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", converter = DeviceName.class, description = DeviceName.DESCRIPTION)
    private String device;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
            description = "seed of all random numbers; the same seed gives the same result; default: ${DEFAULT-VALUE}")
    private long seed;

    public long seed() {
        return seed;
    }

    /** Name of the device as given. */
    public String device() {
        return device;
    }

    /** Opens the device. */
    public Backend open() {
        return Backends.open(device);
    }
}
