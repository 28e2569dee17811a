package org.xprompt4j.cuda;

import java.util.LinkedHashMap;
import java.util.Map;

import org.xprompt4j.cuda.kernel.Precision;
import org.xprompt4j.cuda.memory.DevicePool;
import org.xprompt4j.tensor.InvalidInput;

/** What the devices of this module share: how they multiply, what they may hold, what else lies on the class path; for diagnosis. */
final class KernelFacts {
    private static final String[] COMPARED_WITH = {"jcuda.jcublas.JCublas2", "jcuda.jcudnn.JCudnn", "jcuda.nvrtc.JNvrtc"};

    private KernelFacts() {
    }

    static Map<String, String> all() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("kernels", "PTX for compute capability 8.0 and newer, made into machine code by the driver");
        facts.put("products", products());
        facts.put("memory limit", System.getProperty(DevicePool.LIMIT_PROPERTY, "none (-D" + DevicePool.LIMIT_PROPERTY + "=40g sets one)"));
        return facts;
    }

    /** Vendor libraries are only compared with, by the benchmarks; the kernels need none. */
    static Map<String, String> vendorLibraries() {
        Map<String, String> facts = new LinkedHashMap<>();
        for (String library : COMPARED_WITH) {
            facts.put(library.substring(library.lastIndexOf('.') + 1), library(library));
        }
        return facts;
    }

    private static String products() {
        try {
            return Precision.fromProperties() == Precision.BF16 ? "bf16 on the tensor cores" : "f32, exact (-Dxprompt4j.cuda.precision=bf16 for the tensor cores)";
        } catch (InvalidInput e) {
            return e.getMessage();
        }
    }

    private static String library(String name) {
        try {
            Class.forName(name, true, KernelFacts.class.getClassLoader());
            return "can be loaded; only benchmarks compare with it";
        } catch (ClassNotFoundException e) {
            return "not on the class path; only benchmarks compare with it";
        } catch (LinkageError e) {
            return "cannot be loaded (" + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + "); only benchmarks compare with it";
        }
    }
}
