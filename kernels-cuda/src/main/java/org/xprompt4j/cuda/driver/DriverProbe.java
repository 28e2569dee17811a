package org.xprompt4j.cuda.driver;

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
        return driverObstacle != null ? driverObstacle : probeDevice(ordinal);
    }

    private static String probeDriver() {
        try {
            JCudaDriver.setExceptionsEnabled(false);
            int result = JCudaDriver.cuInit(0);
            if (result != CUresult.CUDA_SUCCESS) {
                return "cuInit failed: " + CUresult.stringFor(result) + Remedy.of(result);
            }
            int[] version = new int[1];
            JCudaDriver.cuDriverGetVersion(version);
            if (version[0] < OLDEST_DRIVER) {
                return "the driver is for CUDA " + version[0] / 1000 + "." + version[0] % 1000 / 10
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
        JCudaDriver.cuDeviceGet(device, ordinal);
        int[] major = new int[1];
        int[] minor = new int[1];
        JCudaDriver.cuDeviceGetAttribute(major, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device);
        JCudaDriver.cuDeviceGetAttribute(minor, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device);
        if (10 * major[0] + minor[0] < OLDEST_CAPABILITY) {
            return "GPU " + ordinal + " has compute capability " + major[0] + "." + minor[0]
                    + "; the kernels need 8.0 (A100, RTX 30) or newer; use --device cpu";
        }
        return null;
    }
}
