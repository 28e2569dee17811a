package org.xprompt4j.cuda.driver;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * Finds out, without breaking anything, whether this machine can run the kernels. JCuda fails to load its classes for good when the
 * driver's library is missing, so the first touch happens here and its answer is kept.
 */
public final class DriverProbe {
    private static final int OLDEST_DRIVER = 12_000; // CUDA 12.0: the kernels' PTX is of ISA 8.0
    private static final int OLDEST_CAPABILITY = 80;

    private static String driverObstacle; // null when the driver answers
    private static boolean probed;

    private DriverProbe() {
    }

    /** Why GPU {@code ordinal} cannot be used, with the remedy, in one line; null when it can. */
    public static synchronized String obstacle(int ordinal) {
        if (!probed) {
            probed = true;
            driverObstacle = probeDriver();
        }
        try {
            return driverObstacle != null ? driverObstacle : probeDevice(ordinal);
        } catch (CudaException e) {
            return e.getMessage();
        }
    }

    /** Driver and GPUs as they answer, by name; without a driver the reason alone. */
    public static synchronized Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        String obstacle = obstacle(0);
        if (driverObstacle != null) {
            facts.put("driver", driverObstacle);
            return facts;
        }
        int[] version = new int[1];
        JCudaDriver.cuDriverGetVersion(version);
        facts.put("driver", "for CUDA " + DeviceProperties.text(version[0]));
        int[] count = new int[1];
        JCudaDriver.cuDeviceGetCount(count);
        if (count[0] == 0) {
            facts.put("GPUs", obstacle);
        }
        for (int i = 0; i < count[0]; i++) {
            String why = probeDevice(i);
            facts.put("GPU " + i, describe(i) + (why == null ? "" : "; " + why));
        }
        return facts;
    }

    private static String describe(int ordinal) {
        CUdevice device = new CUdevice();
        JCudaDriver.cuDeviceGet(device, ordinal);
        byte[] name = new byte[256];
        JCudaDriver.cuDeviceGetName(name, name.length, device);
        return new String(name, StandardCharsets.UTF_8).split("\0", 2)[0] + ", compute capability "
                + NvidiaDriver.attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR) + "."
                + NvidiaDriver.attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR) + ", "
                + NvidiaDriver.attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT) + " multiprocessors";
    }

    private static String probeDriver() {
        try {
            JCudaDriver.setExceptionsEnabled(false);
            int result = JCudaDriver.cuInit(0);
            if (result != CUresult.CUDA_SUCCESS) {
                return "cuInit failed: " + CUresult.stringFor(result) + Remedy.of(result);
            }
            int[] version = new int[1];
            result = JCudaDriver.cuDriverGetVersion(version);
            if (result != CUresult.CUDA_SUCCESS) {
                return "cuDriverGetVersion failed: " + CUresult.stringFor(result) + Remedy.of(result);
            }
            if (version[0] < OLDEST_DRIVER) {
                return "the driver is for CUDA " + DeviceProperties.text(version[0])
                        + "; install NVIDIA driver 525 (CUDA 12.0) or newer";
            }
            return null;
        } catch (LinkageError e) { // the library of the driver, or JCuda's own, is missing
            String message = String.valueOf(e.getMessage());
            if (e instanceof NoClassDefFoundError && message.startsWith("jcuda/")) {
                return "JCuda is not on the class path; add org.jcuda:jcuda:12.6.0 and its natives";
            }
            if (message.contains("libcuda.so")) {
                return "no NVIDIA driver on this machine (libcuda.so.1 is not found); install the driver, or use --device cpu";
            }
            return "JCuda's library cannot be loaded (" + message.lines().findFirst().orElse("") + "); it needs Linux x86-64 and a temporary "
                    + "folder (java.io.tmpdir) that it can write to and that holds no broken libJCudaDriver file";
        }
    }

    private static String probeDevice(int ordinal) {
        int[] count = new int[1];
        int result = JCudaDriver.cuDeviceGetCount(count);
        if (result != CUresult.CUDA_SUCCESS || count[0] == 0) {
            return "the driver shows no GPU; check nvidia-smi and CUDA_VISIBLE_DEVICES, or use --device cpu";
        }
        if (ordinal < 0 || ordinal >= count[0]) {
            return "there is no GPU number " + ordinal + ", the driver shows " + count[0] + "; set -Dxprompt4j.cuda.device to 0.." + (count[0] - 1);
        }
        CUdevice device = new CUdevice();
        NvidiaDriver.check(JCudaDriver.cuDeviceGet(device, ordinal), "cuDeviceGet");
        int major = NvidiaDriver.attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
        int minor = NvidiaDriver.attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
        if (10 * major + minor < OLDEST_CAPABILITY) {
            return "GPU " + ordinal + " has compute capability " + major + "." + minor
                    + "; the kernels need 8.0 (A100, RTX 30) or newer; use --device cpu";
        }
        return null;
    }
}
