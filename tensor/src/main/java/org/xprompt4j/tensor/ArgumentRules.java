package org.xprompt4j.tensor;

import java.util.Arrays;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Checks the tensors of one call against the shapes of its contract. Axes have names, as in the documentation of
 * {@link Backend}: the first tensor that uses a name fixes its size, every later one must agree.
 *
 * <p>Messages name the operation, the tensor at fault, the rule, and the tensor that fixed the size.
 */
final class ArgumentRules {
    private static final int MOST_AXES = 12;
    private static final Origin SCALAR = new Origin("a scalar");
    private static final int MOST_TENSORS = 24; // a tensor in two rules counts twice

    /** What fixed a size, as words that become text in messages alone. */
    record Origin(Object... words) {
        @Override
        public String toString() {
            return Arrays.stream(words).map(Object::toString).collect(Collectors.joining(" "));
        }
    }

    private final Backend backend;
    private final String operation;
    private final String[] axes = new String[MOST_AXES];
    private final long[] sizes = new long[MOST_AXES];
    private final Object[] origins = new Object[MOST_AXES]; // what fixed the size
    private int known;
    private String activationName; // the activation that fixed the type of the others; null before the first
    private Tensor activation;
    private final Tensor[] tensors = new Tensor[MOST_TENSORS];
    private int used;

    ArgumentRules(Backend backend, String operation) {
        this.backend = backend;
        this.operation = operation;
    }

    /** An F32 tensor, row-major. */
    ArgumentRules f32(String name, Tensor tensor, String... shape) {
        requireType(name, tensor, "F32", tensor != null && tensor.dtype() == DType.F32);
        return shaped(name, tensor, shape);
    }

    /** An F32 tensor or null. */
    ArgumentRules f32OrNull(String name, Tensor tensor, String... shape) {
        return tensor == null ? this : f32(name, tensor, shape);
    }

    /** One F32 number, [1]. */
    ArgumentRules scalar(String name, Tensor tensor) {
        return fix("one", 1, SCALAR).f32(name, tensor, "one");
    }

    /** One F32 number or null. */
    ArgumentRules scalarOrNull(String name, Tensor tensor) {
        return tensor == null ? this : scalar(name, tensor);
    }

    /** An activation or the gradient of one, row-major: F32 or BF16, all of a call of one type. */
    ArgumentRules activation(String name, Tensor tensor, String... shape) {
        requireActivation(name, tensor);
        return shaped(name, tensor, shape);
    }

    /** An activation or null. */
    ArgumentRules activationOrNull(String name, Tensor tensor, String... shape) {
        return tensor == null ? this : activation(name, tensor, shape);
    }

    /** What may stay F32 where the activations before are BF16: logits, sums, gradients of weights. Those behind are of its type. */
    ArgumentRules result(String name, Tensor tensor, String... shape) {
        requireResult(name, tensor);
        return shaped(name, tensor, shape);
    }

    /** See {@link #result}, of any shape. */
    ArgumentRules resultContiguous(String name, Tensor tensor) {
        requireResult(name, tensor);
        usable(name, tensor);
        requireContiguous(name, tensor);
        return this;
    }

    private void requireResult(String name, Tensor tensor) {
        if (tensor != null && tensor.dtype() == DType.F32) {
            activation = null;
        }
        requireActivation(name, tensor);
    }

    private void requireActivation(String name, Tensor tensor) {
        requireWeight(name, tensor);
        if (activation == null) {
            activationName = name;
            activation = tensor;
        } else if (activation.dtype() != tensor.dtype()) {
            throw error(name + " " + tensor + " must be of the type of " + activationName + " " + activation);
        }
    }

    /** An activation of any shape, row-major. */
    ArgumentRules activationContiguous(String name, Tensor tensor) {
        activationStrided(name, tensor);
        requireContiguous(name, tensor);
        return this;
    }

    /** An activation of any shape and strides. */
    ArgumentRules activationStrided(String name, Tensor tensor) {
        requireActivation(name, tensor);
        return usable(name, tensor);
    }

    /** Activations of as many elements, row-major. */
    ArgumentRules activationsOfSize(String name, Tensor first, String otherName, Tensor other) {
        activationContiguous(name, first);
        activationContiguous(otherName, other);
        return requireEqualSizes(name, first, otherName, other);
    }

    /** A weight: F32 or BF16. */
    ArgumentRules weight(String name, Tensor tensor, String... shape) {
        requireWeight(name, tensor);
        return shaped(name, tensor, shape);
    }

    private void requireWeight(String name, Tensor tensor) {
        requireType(name, tensor, "F32 or BF16", tensor != null && (tensor.dtype() == DType.F32 || tensor.dtype() == DType.BF16));
    }

    /** A weight or null. */
    ArgumentRules weightOrNull(String name, Tensor tensor, String... shape) {
        return tensor == null ? this : weight(name, tensor, shape);
    }

    /** An I32 tensor. */
    ArgumentRules i32(String name, Tensor tensor, String... shape) {
        requireType(name, tensor, "I32", tensor != null && tensor.dtype() == DType.I32);
        return shaped(name, tensor, shape);
    }

    /** An I8 tensor: quantised weights. */
    ArgumentRules i8(String name, Tensor tensor, String... shape) {
        requireType(name, tensor, "I8", tensor != null && tensor.dtype() == DType.I8);
        return shaped(name, tensor, shape);
    }

    /** Activations of any one shape, row-major; null ones are left out. */
    ArgumentRules sameShape(String name, Tensor first, String otherName, Tensor other) {
        if (other != null) {
            activationContiguous(name, first);
            activationContiguous(otherName, other);
            requireEqualShapes(name, first, otherName, other);
        }
        return this;
    }

    /** F32 tensors of as many elements, row-major. */
    ArgumentRules sameSize(String name, Tensor first, String otherName, Tensor other) {
        f32Contiguous(name, first);
        f32Contiguous(otherName, other);
        return requireEqualSizes(name, first, otherName, other);
    }

    private ArgumentRules requireEqualSizes(String name, Tensor first, String otherName, Tensor other) {
        return require(first.numel() == other.numel(), () -> otherName + " " + other + " and " + name + " " + first + " must have as many elements");
    }

    /** An F32 tensor of any shape, row-major. */
    ArgumentRules f32Contiguous(String name, Tensor tensor) {
        requireType(name, tensor, "F32", tensor != null && tensor.dtype() == DType.F32);
        usable(name, tensor);
        requireContiguous(name, tensor);
        return this;
    }

    /** A tensor of any type, shape and strides that this device can compute with. */
    ArgumentRules usable(String name, Tensor tensor) {
        requireType(name, tensor, "given", tensor != null);
        if (!tensor.storage().isAlive()) {
            throw new IllegalStateException(operation + ": " + name + " " + tensor + " was used after the scope was closed; "
                    + "keep the tensor in a scope that lives longer");
        }
        if (!backend.canAddress(tensor.storage())) {
            throw error(name + " " + tensor + " does not lie in memory of device '" + backend.device() + "'; copy it there first");
        }
        tensors[used++] = tensor;
        return this;
    }

    /** Runs the operation on the tensors that were checked; none of their scopes can be closed meanwhile. */
    void run(Runnable body) {
        get(() -> {
            body.run();
            return 0;
        });
    }

    /** See {@link #run}, for an operation with a result. */
    double get(DoubleSupplier body) {
        int held = 0;
        try {
            while (held < used) {
                tensors[held].storage().hold(this, tensors[held]);
                held++;
            }
            return body.getAsDouble();
        } finally {
            while (held > 0) {
                tensors[--held].storage().release();
            }
        }
    }

    /** A tensor that is written may not have several indices at one place. */
    ArgumentRules writable(String name, Tensor tensor) {
        for (int i = 0; i < tensor.rank(); i++) {
            int axis = i;
            require(tensor.dim(axis) <= 1 || tensor.stride(axis) != 0, () -> name + " " + tensor + " is stretched by broadcasting and cannot be written");
        }
        return this;
    }

    /** An output that must not share memory with an input. */
    ArgumentRules apart(String name, Tensor output, String inputName, Tensor input) {
        boolean overlap = output.storage() == input.storage()
                && output.offset() * output.dtype().bytes() < input.offset() * input.dtype().bytes() + input.byteSize()
                && input.offset() * input.dtype().bytes() < output.offset() * output.dtype().bytes() + output.byteSize();
        return require(!overlap, () -> name + " " + output + " overlaps " + inputName + " " + input);
    }

    /** See {@link #apart}, of an input that may be null. */
    ArgumentRules apartOrNull(String name, Tensor output, String inputName, Tensor input) {
        return input == null ? this : apart(name, output, inputName, input);
    }

    ArgumentRules requireEqualShapes(String name, Tensor first, String otherName, Tensor other) {
        return require(first.shape().equals(other.shape()), () -> otherName + " " + other + " must have the shape of " + name + " " + first);
    }

    /** Fixes the size of an axis that follows from others. */
    ArgumentRules fix(String axis, long size, Object origin) {
        axes[known] = axis;
        sizes[known] = size;
        origins[known++] = origin;
        return this;
    }

    /** The first axis must be a multiple of the second. */
    ArgumentRules divides(String divisor, String axis) {
        return require(size(axis) % size(divisor) == 0, () -> divisor + " " + size(divisor) + " must divide " + axis + " " + size(axis));
    }

    ArgumentRules require(boolean holds, Supplier<String> rule) {
        if (!holds) {
            throw error(rule.get());
        }
        return this;
    }

    /** The size of an axis that some tensor fixed. */
    long size(String axis) {
        return sizes[find(axis)];
    }

    IllegalArgumentException error(String message) {
        return new IllegalArgumentException(operation + ": " + message);
    }

    private ArgumentRules shaped(String name, Tensor tensor, String... shape) {
        usable(name, tensor);
        if (tensor.rank() != shape.length) {
            throw error(name + " " + tensor + " must have shape " + Arrays.toString(shape));
        }
        for (int i = 0; i < shape.length; i++) {
            long size = tensor.dim(i);
            int at = find(shape[i]);
            if (at < 0) {
                requireFilled(shape[i], size, name, tensor);
                fix(shape[i], size, new Origin(name, tensor));
            } else if (sizes[at] != size) {
                throw error(name + " " + tensor + " must have shape " + Arrays.toString(shape) + ", but " + shape[i] + " is " + sizes[at]
                        + " by " + origins[at]);
            }
        }
        requireContiguous(name, tensor);
        return this;
    }

    private void requireFilled(String axis, long size, String name, Tensor tensor) {
        if (size <= 0) {
            throw error(axis + " of " + name + " " + tensor + " must be at least 1");
        }
    }

    private void requireContiguous(String name, Tensor tensor) {
        if (!tensor.isContiguous()) {
            throw error(name + " " + tensor + " must be contiguous; copy it first");
        }
    }

    private void requireType(String name, Tensor tensor, String rule, boolean holds) {
        if (!holds) {
            throw error(tensor == null ? name + " is missing (null)" : name + " " + tensor + " must be " + rule);
        }
    }

    private int find(String axis) {
        for (int i = 0; i < known; i++) {
            if (axes[i].equals(axis)) {
                return i;
            }
        }
        return -1;
    }

    /** The operation and its tensors, for the message of an owner that wants to close. */
    @Override
    public String toString() {
        return operation + " of " + Arrays.toString(Arrays.copyOf(tensors, used));
    }
}
