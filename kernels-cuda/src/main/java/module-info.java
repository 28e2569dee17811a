/** The CUDA backend's kernels as PTX, and a machine that runs PTX without a GPU. */
module org.xprompt4j.cuda {
    requires transitive org.xprompt4j.tensor;

    exports org.xprompt4j.cuda.emulator;
    exports org.xprompt4j.cuda.emulator.syntax;
}
