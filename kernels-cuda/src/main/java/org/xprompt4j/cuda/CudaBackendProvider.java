package org.xprompt4j.cuda;

import java.util.LinkedHashMap;
import java.util.Map;

import org.xprompt4j.cuda.driver.CudaException;
import org.xprompt4j.cuda.driver.DriverProbe;
import org.xprompt4j.cuda.driver.NvidiaDriver;
import org.xprompt4j.cuda.kernel.Precision;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.BackendProvider;
import org.xprompt4j.tensor.InvalidInput;

/** Opens the device {@code cuda}: GPU number {@code -Dxprompt4j.cuda.device=N} (0 by default) of those that the driver shows. */
public final class CudaBackendProvider implements BackendProvider {
    @Override
    public String device() {
        return "cuda";
    }

    @Override
    public Backend open() {
        String obstacle = obstacle();
        if (obstacle != null) {
            throw new InvalidInput("device cuda cannot be used: " + obstacle);
        }
        try {
            return new CudaBackend(device(), new NvidiaDriver(ordinal()), Precision.fromProperties());
        } catch (CudaException e) {
            throw new InvalidInput("device cuda cannot be opened: " + e.getMessage(), e);
        }
    }

    private static int ordinal() {
        return Integer.getInteger("xprompt4j.cuda.device", 0);
    }

    @Override
    public String obstacle() {
        return DriverProbe.obstacle(ordinal());
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>(DriverProbe.facts());
        if (obstacle() == null) {
            facts.put("chosen GPU", ordinal() + " (-Dxprompt4j.cuda.device=N chooses another)");
        }
        facts.putAll(KernelFacts.all());
        facts.putAll(KernelFacts.vendorLibraries());
        return facts;
    }
}
