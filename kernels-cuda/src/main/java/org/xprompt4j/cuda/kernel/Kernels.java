package org.xprompt4j.cuda.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import org.xprompt4j.cuda.driver.CudaDriver;
import org.xprompt4j.cuda.driver.KernelArguments;
import org.xprompt4j.cuda.driver.KernelFunction;
import org.xprompt4j.cuda.memory.DeviceFaults;
import org.xprompt4j.cuda.memory.DevicePool;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;

/**
 * The kernels of one device: finds an entry in the PTX that ships with this module, loads it the first time, and starts launches.
 * The PTX of {@code src/main/cuda/NAME.cu} is the resource {@code ptx/NAME.ptx}.
 */
public final class Kernels implements AutoCloseable {
    private static final int STATIC_SHARED = 48 << 10; // bytes that need no permission

    private record Name(String module, String entry) {
    }

    private final CudaDriver driver;
    private final Precision precision;
    private final DeviceFaults faults;
    private final DevicePool pool;
    private final DevicePool tables; // not counted as memory in use
    private final Arena arena = Arena.ofShared();
    private final KernelArguments arguments = new KernelArguments(arena);
    private final Map<Name, KernelFunction> functions = new HashMap<>();
    private final Map<KernelFunction, Integer> shared = new HashMap<>(); // dynamic bytes allowed beyond the default

    public Kernels(CudaDriver driver, Precision precision) {
        this.driver = driver;
        this.precision = precision;
        this.faults = new DeviceFaults(driver);
        this.pool = new DevicePool(driver, faults);
        this.tables = new DevicePool(driver, faults);
    }

    public CudaDriver driver() {
        return driver;
    }

    public DevicePool pool() {
        return pool;
    }

    public Precision precision() {
        return precision;
    }

    /**
     * True when an operation on these tensors runs on the tensor cores: where the device was asked to multiply in bf16, and where there is
     * nothing left to round because all of them are bf16.
     */
    boolean onTensorCores(Tensor... operands) {
        return precision == Precision.BF16 || Arrays.stream(operands).allMatch(operand -> operand.dtype() == DType.BF16);
    }

    /** The pool of the backend's own tables, apart from that of the scopes. */
    public DevicePool tables() {
        return tables;
    }

    public DeviceFaults faults() {
        return faults;
    }

    /** Memory for the inside of one operation; close it when its kernels are queued. */
    public MemoryScope scratch(String operation) {
        return new MemoryScope(operation + " scratch", pool);
    }

    /** Begins a launch of an entry of a module; arguments follow in the kernel's order. */
    public Launch launch(String module, String entry) {
        return new Launch(this, function(module, entry), arguments.clear());
    }

    private KernelFunction function(String module, String entry) {
        Name name = new Name(module, entry);
        KernelFunction function = functions.get(name);
        if (function == null) {
            function = driver.function(module, ptx(module), entry);
            functions.put(name, function);
        }
        return function;
    }

    void allowShared(KernelFunction function, int bytes) {
        if (bytes > STATIC_SHARED && shared.getOrDefault(function, 0) < bytes) {
            driver.allowSharedBytes(function, bytes);
            shared.put(function, bytes);
        }
    }

    /** The PTX text of a module. */
    public static String ptx(String module) {
        String resource = "/org/xprompt4j/cuda/ptx/" + module + ".ptx";
        try (InputStream in = Kernels.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not in the jar; run kernels-cuda/build.sh " + module + " and build again");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(resource + " cannot be read", e);
        }
    }

    @Override
    public void close() {
        pool.close();
        tables.close();
        faults.close();
        driver.close();
        arena.close();
    }
}
