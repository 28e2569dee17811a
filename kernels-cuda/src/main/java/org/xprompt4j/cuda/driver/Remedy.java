package org.xprompt4j.cuda.driver;

import jcuda.driver.CUresult;

/** What to do about an error of the driver; empty where nothing general can be said. */
final class Remedy {
    private Remedy() {
    }

    static String of(int result) {
        return switch (result) {
            case CUresult.CUDA_ERROR_OUT_OF_MEMORY -> "; use a smaller batch or model, or close other programs on the GPU";
            case CUresult.CUDA_ERROR_NO_DEVICE -> "; no GPU is visible: check nvidia-smi and CUDA_VISIBLE_DEVICES, or use --device cpu";
            case CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION -> "; the driver is too old for these kernels: install one for CUDA 12.0 (525) or newer";
            case CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU, CUresult.CUDA_ERROR_INVALID_PTX ->
                "; the GPU is too old for these kernels: they need compute capability 8.0 (A100, RTX 30) or newer";
            case CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, CUresult.CUDA_ERROR_MISALIGNED_ADDRESS, CUresult.CUDA_ERROR_LAUNCH_FAILED ->
                "; a kernel queued earlier failed and the context is lost: run the same work with --device ptx, which names kernel, line and address";
            case CUresult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES -> "; the kernel asks for more registers or shared memory than the device has";
            case CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH, CUresult.CUDA_ERROR_SYSTEM_NOT_READY ->
                "; the installed driver and the running one differ: restart the machine";
            default -> "";
        };
    }
}
