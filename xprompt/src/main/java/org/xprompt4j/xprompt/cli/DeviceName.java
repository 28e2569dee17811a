package org.xprompt4j.xprompt.cli;

import org.xprompt4j.tensor.Backends;
import picocli.CommandLine.ITypeConverter;

/** The value of {@code --device}: {@code auto} becomes the device that it stands for, and a line on standard error says which and why. */
final class DeviceName implements ITypeConverter<String> {
    static final String DESCRIPTION = "device that computes: cpu, cuda (an NVIDIA GPU), auto (cuda where it can be used, else cpu), "
            + "ptx (the GPU's kernels emulated, slow) or scalar (plain loops); default: ${DEFAULT-VALUE}";

    @Override
    public String convert(String value) {
        if (!value.equals(Backends.AUTO)) {
            return value;
        }
        Backends.Choice choice = Backends.choose();
        System.err.println("device auto is " + choice.device() + ": " + choice.reason());
        return choice.device();
    }
}
