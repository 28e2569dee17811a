/** Off-heap tensors, autograd, the fused operations and the CPU backends. Depends on the JDK alone. */
module org.xprompt4j.tensor {
    requires static jdk.incubator.vector;

    exports org.xprompt4j.tensor;
    exports org.xprompt4j.tensor.op;
    exports org.xprompt4j.tensor.file;
    exports org.xprompt4j.tensor.kernel;

    uses org.xprompt4j.tensor.BackendProvider;
    uses org.xprompt4j.tensor.kernel.KernelLab;

    provides org.xprompt4j.tensor.BackendProvider
            with org.xprompt4j.tensor.cpu.CpuBackendProvider, org.xprompt4j.tensor.scalar.ScalarBackendProvider;
}
