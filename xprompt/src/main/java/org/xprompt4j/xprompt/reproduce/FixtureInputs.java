package org.xprompt4j.xprompt.reproduce;

import java.nio.file.Path;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.SafetensorsFile;

/** The inputs in {@code io.safetensors}, checked before a model sees them. */
final class FixtureInputs implements AutoCloseable {
    static final String FILE = "io.safetensors";

    private final SafetensorsFile file;

    FixtureInputs(Path folder) {
        file = SafetensorsFile.open(folder.resolve(FILE));
    }

    private InvalidInput fault(String name, String message) {
        return new InvalidInput(file.path() + ": " + name + " " + message);
    }

    /**
     * Integers [batch][seq].
     *
     * @param vocabSize every element must be from 0 to below this
     * @param or one more value that is allowed
     */
    int[][] rows(String name, int vocabSize, int or) {
        Tensor tensor = file.tensor(name);
        if (tensor.dtype().isFloating() || tensor.rank() != 2 || tensor.numel() == 0) {
            throw fault(name, "must be integers [batch, length], is " + tensor.dtype() + tensor.shape());
        }
        int[][] rows = new int[tensor.size(0)][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = ids(name, tensor.select(0, i), vocabSize, or);
        }
        return rows;
    }

    private int[] ids(String name, Tensor row, int vocabSize, int or) {
        int[] ids;
        try {
            ids = row.toIntArray();
        } catch (ArithmeticException e) {
            throw new InvalidInput(fault(name, "holds an integer of more than 32 bits").getMessage(), e);
        }
        for (int id : ids) {
            if ((id < 0 || id >= vocabSize) && id != or) {
                throw fault(name, "holds " + id + ", which is outside the vocabulary of " + vocabSize);
            }
        }
        return ids;
    }

    /**
     * Pictures [batch, channels, height, width] of a file as [batch, height, width, channels] F32 of a device.
     *
     * @param reduction must divide height and width
     */
    Tensor pictures(String name, MemoryScope scope, int channels, int reduction) {
        Tensor tensor = file.tensor(name);
        if (!tensor.dtype().isFloating() || tensor.rank() != 4 || tensor.dim(1) != channels || tensor.numel() == 0) {
            throw fault(name, "must be floats [batch, " + channels + ", height, width], is " + tensor.dtype() + tensor.shape());
        }
        if (tensor.dim(2) % reduction != 0 || tensor.dim(3) % reduction != 0) {
            throw fault(name, "must have height and width that are multiples of " + reduction + ", is " + tensor.shape());
        }
        Tensor moved = tensor.permute(0, 2, 3, 1);
        float[] values = moved.toFloatArray();
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw fault(name, "holds " + value + "; pixels must be finite");
            }
        }
        return scope.allocate(DType.F32, moved.shape()).set(values);
    }

    /** [batch, height, width, channels] as the files keep it, [batch, channels, height, width]. */
    static Tensor channelsFirst(Ops ops, Tensor x) {
        return ops.contiguous(x.permute(0, 3, 1, 2));
    }

    /** Codes [batch, h, w] as the files keep them, [batch, h * w]. */
    static Tensor raster(Tensor codes) {
        return codes.reshape(codes.dim(0), codes.dim(1) * codes.dim(2));
    }

    @Override
    public void close() {
        file.close();
    }
}
