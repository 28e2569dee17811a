package org.xprompt4j.tensor.kernel;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/**
 * A kernel of a PTX file to be run once.
 *
 * @param ptx text of the file
 * @param file its name, for messages
 * @param entry name of the kernel
 * @param sharedBytes dynamic shared memory of a block
 * @param arguments in the kernel's order
 * @param buffers device memory by name: copied in before, copied back afterwards
 * @param symbols module variable to the name of the buffer that it gets before the launch; read back where it is not constant
 * @param maxInstructions warp instructions after which the kernel is stopped
 * @param checked races and uninitialised reads are looked for
 * @param profiled instructions by kind and line and memory traffic are counted
 */
public record KernelRun(String ptx, String file, String entry, Dim3 grid, Dim3 block, int sharedBytes, List<Argument> arguments,
                        Map<String, MemorySegment> buffers, Map<String, String> symbols, long maxInstructions, boolean checked, boolean profiled) {
    /**
     * An argument as written: {@code i32:5}, {@code f32:0.5}, {@code buf:NAME}.
     *
     * @param kind i8 to u64, f16, bf16, f32, f64, hex (bytes of a structure), buf, or null
     * @param text the value; a buffer's name, with {@code +BYTES} behind it for an address inside it
     */
    public record Argument(String kind, String text) {
        @Override
        public String toString() {
            return kind.equals("null") ? kind : kind + ":" + text;
        }
    }
}
