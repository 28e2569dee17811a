package org.xprompt4j.cuda.driver;

/**
 * An entry point of a loaded module.
 *
 * @param module name of the PTX resource
 * @param entry name of the kernel in it
 * @param handle what the driver knows it by
 */
public record KernelFunction(String module, String entry, Object handle) {
    @Override
    public String toString() {
        return module + "." + entry;
    }
}
