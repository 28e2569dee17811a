/** The CUDA backend: kernels as PTX, the devices that run them, and a machine that runs PTX without a GPU. */
module org.xprompt4j.cuda {
    requires transitive org.xprompt4j.tensor;
    requires static jcuda;

    exports org.xprompt4j.cuda.emulator;
    exports org.xprompt4j.cuda.emulator.syntax;
    exports org.xprompt4j.cuda.timing;

    provides org.xprompt4j.tensor.BackendProvider with org.xprompt4j.cuda.CudaBackendProvider, org.xprompt4j.cuda.PtxBackendProvider;
    provides org.xprompt4j.tensor.kernel.KernelLab with org.xprompt4j.cuda.lab.EmulatedKernelLab;
}
