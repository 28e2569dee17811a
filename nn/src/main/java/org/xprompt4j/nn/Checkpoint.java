package org.xprompt4j.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.SafetensorsWriter;
import org.xprompt4j.tensor.file.ShardedSafetensors;

/** Moves the parameters of any module between memory and safetensors files, under their full names. */
public final class Checkpoint {
    /** Element type of loaded weights. */
    public enum Weights {
        /** F32 and BF16 as the file holds them, F16 as F32. */
        AS_STORED,
        /** Everything as F32, as training needs. */
        F32,
        /** Everything as BF16, rounded to nearest even. */
        BF16,
        /** Matrices of linear layers in eight bits with a scale for each row, see {@link QuantisedMatrix}; the rest as stored. */
        INT8
    }

    private static final int NAMED = 3; // names in a message

    private Checkpoint() {
    }

    /**
     * Checks that a file holds exactly the parameters of a module, in shapes and types that fit.
     *
     * @param where folder or file for messages
     * @param ignored true for names that belong to something else
     * @throws InvalidInput naming the file and the tensor
     */
    public static void check(Module module, ShardedSafetensors file, String where, Predicate<String> ignored) {
        Map<String, Parameter> parameters = module.parameters();
        List<String> missing = parameters.keySet().stream().filter(name -> !file.contains(name)).toList();
        if (!missing.isEmpty()) {
            throw new InvalidInput(where + ": the weights lack " + listed(missing) + ", which the configuration asks for");
        }
        List<String> extra = new ArrayList<>(file.names());
        extra.removeIf(name -> parameters.containsKey(name) || ignored.test(name));
        if (!extra.isEmpty()) {
            throw new InvalidInput(where + ": the weights hold " + listed(extra) + ", which the configuration has no place for");
        }
        parameters.forEach((name, parameter) -> {
            Tensor tensor = file.tensor(name);
            if (!tensor.dtype().isFloating()) {
                throw new InvalidInput(where + ": tensor '" + name + "' is of type " + tensor.dtype() + ", weights must be F32, BF16 or F16");
            }
            if (!parameter.accepts(tensor.shape())) {
                throw new InvalidInput(where + ": tensor '" + name + "' has shape " + tensor.shape() + ", the configuration asks for "
                        + parameter.shape());
            }
        });
    }

    private static String listed(List<String> names) {
        String first = "'" + String.join("', '", names.subList(0, Math.min(NAMED, names.size()))) + "'";
        return (names.size() == 1 ? "tensor " : "tensors ") + first + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "");
    }

    /** Copies checked weights to a scope and binds the parameters to them. */
    public static void load(Module module, Function<String, Tensor> source, Backend backend, MemoryScope scope, Weights type) {
        module.forEachParameter((name, parameter) -> {
            Tensor stored = source.apply(name);
            if (type == Weights.INT8 && parameter.isQuantisable()) {
                parameter.bind(quantised(stored, backend, scope));
                return;
            }
            DType target = switch (type) {
                case AS_STORED, INT8 -> stored.dtype() == DType.BF16 ? DType.BF16 : DType.F32;
                case F32 -> DType.F32;
                case BF16 -> DType.BF16;
            };
            Tensor value = scope.allocate(target, stored.shape());
            upload(stored, value, backend);
            parameter.bind(value);
        });
    }

    private static QuantisedMatrix quantised(Tensor stored, Backend backend, MemoryScope scope) {
        try (MemoryScope staging = backend.openScope("quantising")) {
            Tensor floats = staging.allocate(DType.F32, stored.shape());
            upload(stored, floats, backend);
            return QuantisedMatrix.of(scope, floats);
        }
    }

    /**
     * Copies what a file or this device holds to a tensor of the device, converted there.
     *
     * @param stored in host memory, contiguous, or in the device's
     * @param value of the same shape, contiguous
     */
    public static void upload(Tensor stored, Tensor value, Backend backend) {
        if (backend.canAddress(stored.storage())) {
            backend.copy(stored, value);
            return;
        }
        if (stored.dtype() == value.dtype()) {
            value.storage().write(value.offset() * value.dtype().bytes(), stored.segment());
            return;
        }
        try (MemoryScope staging = backend.openScope("loading")) {
            Tensor same = staging.allocate(stored.dtype(), stored.shape());
            same.storage().write(0, stored.segment());
            backend.copy(same, value);
        }
    }

    /**
     * Adds all parameters of a module to a file that is about to be written.
     *
     * @param scope must stay open until the file is written; holds one converted tensor at a time
     * @param type F32 or BF16
     */
    public static void add(SafetensorsWriter writer, Module module, Backend backend, MemoryScope scope, DType type) {
        long[] largest = {0};
        module.forEachParameter((name, parameter) -> {
            if (parameter.scales() != null) {
                throw new IllegalStateException("parameter '" + name + "' is quantised and cannot be saved; load the model as F32 or BF16");
            }
            if (parameter.value().dtype() != type) {
                largest[0] = Math.max(largest[0], parameter.shape().numel());
            }
        });
        Tensor staging = largest[0] == 0 ? null : scope.allocate(type, largest[0]);
        module.forEachParameter((name, parameter) -> {
            Shape shape = parameter.shape();
            writer.add(name, type, shape, () -> {
                Tensor value = parameter.value();
                if (value.dtype() == type) {
                    return value;
                }
                Tensor converted = Tensor.over(staging.storage(), 0, type, shape);
                backend.copy(value, converted);
                return converted;
            });
        });
    }
}
