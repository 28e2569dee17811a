package org.xprompt4j.tensor.kernel;

import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;

/** Runs GPU kernels without a GPU and counts what they do. Provided by a module that {@link ServiceLoader} finds. */
public interface KernelLab {
    /** The operations whose kernels can be looked at, by name. */
    List<KernelOperation> operations();

    /**
     * Runs an operation as the backend does, over random data, and reports each launch.
     *
     * @param operation name, as in {@link #operations()}
     * @param shape sizes by axis name; axes that are not named have their default
     * @param weights type of the weights: F32, or BF16, which also multiplies matrices on the tensor cores
     * @return launches in order
     * @throws InvalidInput when the operation or an axis is not known or a size is not possible
     */
    List<KernelLaunch> profile(String operation, Map<String, Long> shape, DType weights);

    /**
     * Runs a kernel of any PTX file; the buffers are changed in place.
     *
     * @throws InvalidInput when the file cannot be read, the launch does not fit the kernel, or the kernel does something wrong; in one line
     */
    KernelLaunch run(KernelRun run);

    /**
     * The lab of the module that is there.
     *
     * @throws InvalidInput saying what is missing, where there is none
     */
    static KernelLab find() {
        return ServiceLoader.load(KernelLab.class, KernelLab.class.getClassLoader()).findFirst().orElseThrow(() -> new InvalidInput(
                "kernels run in the module xprompt4j-kernels-cuda, which is not on the class path; put its jar beside the others"));
    }
}
