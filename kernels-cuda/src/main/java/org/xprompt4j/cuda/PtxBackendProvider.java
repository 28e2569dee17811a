package org.xprompt4j.cuda;

import java.util.LinkedHashMap;
import java.util.Map;

import org.xprompt4j.cuda.driver.CudaDriver;
import org.xprompt4j.cuda.driver.EmulatedDriver;
import org.xprompt4j.cuda.emulator.CheckLevel;
import org.xprompt4j.cuda.kernel.Precision;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.BackendProvider;

/**
 * Opens the device {@code ptx}: the CUDA kernels on the emulator, for tests and for looking at kernels without a GPU. Slow; with
 * {@code -Dxprompt4j.ptx.check=false} races and uninitialised reads are not looked for, which is faster.
 */
public final class PtxBackendProvider implements BackendProvider {
    @Override
    public String device() {
        return "ptx";
    }

    @Override
    public Backend open() {
        return over(new EmulatedDriver(checks() ? CheckLevel.CHECK : CheckLevel.FAST));
    }

    private static boolean checks() {
        return Boolean.parseBoolean(System.getProperty("xprompt4j.ptx.check", "true"));
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("checks", checks() ? "bounds, races, barriers, uninitialised reads" : "bounds only (-Dxprompt4j.ptx.check=false)");
        facts.putAll(KernelFacts.all());
        return facts;
    }

    /** The device over a driver of the caller's, whose counts it reads; closing one closes the other. */
    public static Backend over(CudaDriver driver) {
        return over(driver, Precision.fromProperties());
    }

    /** The same with products of this precision. */
    public static Backend over(CudaDriver driver, Precision precision) {
        return new CudaBackend("ptx", driver, precision);
    }
}
