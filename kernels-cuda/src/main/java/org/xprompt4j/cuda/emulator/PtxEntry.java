package org.xprompt4j.cuda.emulator;

import java.util.List;

/**
 * A kernel of a module.
 *
 * @param module where it belongs
 * @param parameters in order
 * @param parameterBytes size of the parameter block
 * @param staticSharedBytes shared memory declared with a size in it or the module
 * @param maxThreads most threads a block may have by {@code .maxntid}; 0 if it does not say
 */
public record PtxEntry(PtxModule module, String name, List<Parameter> parameters, int parameterBytes, int staticSharedBytes, int maxThreads) {
    /**
     * A parameter.
     *
     * @param type element type, for instance u64, f32, b8
     * @param offset in the parameter block, in bytes
     * @param bytes size
     * @param alignment in bytes
     */
    public record Parameter(String name, String type, int offset, int bytes, int alignment) {
    }

    @Override
    public String toString() {
        return name;
    }
}
