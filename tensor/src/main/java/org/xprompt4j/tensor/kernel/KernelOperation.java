package org.xprompt4j.tensor.kernel;

import java.util.List;

/**
 * An operation that kernels compute.
 *
 * @param name as the kernels' source file calls it, with {@code _backward} for gradients
 * @param summary what it computes, in one line
 * @param axes sizes that can be chosen, in order
 * @param source file of the kernels, without folder
 * @param kernels entries of that file, in order
 */
public record KernelOperation(String name, String summary, List<Axis> axes, String source, List<String> kernels) {
    /**
     * A size that can be chosen.
     *
     * @param name as in the comments on shapes, such as rows or headDim
     * @param size the default
     */
    public record Axis(String name, long size) {
        @Override
        public String toString() {
            return name + "=" + size;
        }
    }
}
