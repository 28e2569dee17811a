package org.xprompt4j.cuda.driver;

import jcuda.driver.CUresult;

/** What to do about an error of the driver. */
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
            case CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, CUresult.CUDA_ERROR_MISALIGNED_ADDRESS, CUresult.CUDA_ERROR_LAUNCH_FAILED, CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
                    CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE, CUresult.CUDA_ERROR_INVALID_PC, CUresult.CUDA_ERROR_ASSERT ->
                "; a kernel queued earlier failed and the context is lost: run the same work with --device ptx, which names kernel, line and address";
            case CUresult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES -> "; the kernel asks for more registers or shared memory than the device has";
            case CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH, CUresult.CUDA_ERROR_SYSTEM_NOT_READY ->
                "; the installed driver and the running one differ: restart the machine";
            case CUresult.CUDA_ERROR_ECC_UNCORRECTABLE, CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR ->
                "; the GPU's memory is damaged: look at nvidia-smi -q, reset the GPU or use another one (-Dxprompt4j.cuda.device)";
            case CUresult.CUDA_ERROR_LAUNCH_TIMEOUT -> "; the system stops kernels that run long on a GPU with a display: use another GPU or smaller sizes";
            case CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE ->
                "; another program has the GPU for itself: end it (nvidia-smi names it) or choose another GPU (-Dxprompt4j.cuda.device)";
            default -> "; run the same work with --device ptx: if it fails there too the fault is this program's, else look at nvidia-smi and the driver";
        };
    }
}
