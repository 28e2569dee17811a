package org.xprompt4j.bench.gpu;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.op.MatmulSpec;

/**
 * NVIDIA's matrix products through the foreign function interface, in the queue that our kernels run in. Bindings of JCuda want the
 * major version that they were built with; these few functions are the same in cuBLAS 11, 12 and 13, so whichever is installed serves.
 */
public final class Cublas implements AutoCloseable {
    private static final int[] VERSIONS = {13, 12, 11};
    private static final int AS_STORED = 0; // CUBLAS_OP_N
    private static final int TRANSPOSED = 1; // CUBLAS_OP_T
    private static final int REAL_32 = 0; // CUDA_R_32F
    private static final int REAL_BF16 = 14; // CUDA_R_16BF
    private static final int COMPUTE_32 = 68; // CUBLAS_COMPUTE_32F
    private static final int DEFAULT_ALGORITHM = -1; // CUBLAS_GEMM_DEFAULT: its heuristic chooses

    private final Arena arena = Arena.ofShared();
    private final MethodHandle destroy;
    private final MethodHandle gemm;
    private final MemorySegment handle; // cublasHandle_t
    private final MemorySegment one; // float
    private final MemorySegment zero; // float
    private final String version;

    private Cublas(SymbolLookup symbols, long stream) {
        Linker linker = Linker.nativeLinker();
        ValueLayout i = ValueLayout.JAVA_INT;
        ValueLayout p = ValueLayout.ADDRESS;
        MethodHandle create = linker.downcallHandle(symbols.findOrThrow("cublasCreate_v2"), FunctionDescriptor.of(i, p));
        MethodHandle setStream = linker.downcallHandle(symbols.findOrThrow("cublasSetStream_v2"), FunctionDescriptor.of(i, p, ValueLayout.JAVA_LONG));
        MethodHandle getVersion = linker.downcallHandle(symbols.findOrThrow("cublasGetVersion_v2"), FunctionDescriptor.of(i, p, p));
        destroy = linker.downcallHandle(symbols.findOrThrow("cublasDestroy_v2"), FunctionDescriptor.of(i, p));
        ValueLayout address = ValueLayout.JAVA_LONG; // of device memory
        gemm = linker.downcallHandle(symbols.findOrThrow("cublasGemmEx"), FunctionDescriptor.of(i, p, i, i, i, i, i, p, address, i, i, address, i, i,
                p, address, i, i, i, i));
        one = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1f);
        zero = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0f);
        MemorySegment slot = arena.allocate(ValueLayout.ADDRESS);
        require("cublasCreate", call(() -> (int) create.invokeExact(slot)));
        handle = slot.get(ValueLayout.ADDRESS, 0);
        require("cublasSetStream", call(() -> (int) setStream.invokeExact(handle, stream)));
        MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
        require("cublasGetVersion", call(() -> (int) getVersion.invokeExact(handle, number)));
        int v = number.get(ValueLayout.JAVA_INT, 0);
        version = "cuBLAS " + (v >= 100_000 ? v / 10_000 + "." + v % 10_000 / 100 : v / 1_000 + "." + v % 1_000 / 100);
    }

    /**
     * Loads the library and opens it on the current device.
     *
     * @param given its file; null to look for it by name and in the usual folders
     * @param stream queue to run in, as {@code DeviceClock.stream} gives it
     * @throws InvalidInput when it is not there, saying where was looked
     */
    public static Cublas open(String given, long stream) {
        if (given != null && !Files.isRegularFile(Path.of(given))) {
            throw new InvalidInput(given + ": no such file; --cublas takes the file libcublas.so.N, or leave it out");
        }
        for (String place : given == null ? places() : List.of(given)) {
            SymbolLookup symbols = load(place);
            if (symbols != null) {
                return new Cublas(symbols, stream);
            }
        }
        throw new InvalidInput("cuBLAS is not found (libcublas.so.13, .12 or .11 by name, in the CUDA toolkit's folders and in those of Python's"
                + " packages); name its file with --cublas");
    }

    /** The library, its companion first: the loader then takes it from the same folder. Null when there is none. */
    private static SymbolLookup load(String place) {
        try {
            if (place.contains("/")) {
                Path companion = Path.of(place.replace("libcublas.so", "libcublasLt.so"));
                if (Files.isRegularFile(companion)) {
                    SymbolLookup.libraryLookup(companion, Arena.global());
                }
                return SymbolLookup.libraryLookup(Path.of(place), Arena.global());
            }
            return SymbolLookup.libraryLookup(place, Arena.global());
        } catch (IllegalArgumentException e) {
            if (place.contains("/")) {
                System.err.println(place + " cannot be loaded: " + e.getMessage());
            }
            return null;
        }
    }

    private static List<String> places() {
        List<String> out = new ArrayList<>();
        for (int version : VERSIONS) {
            out.add("libcublas.so." + version);
        }
        List<Path> folders = new ArrayList<>(List.of(Path.of("/usr/local/cuda/lib64"), Path.of("/usr/lib/x86_64-linux-gnu")));
        String python = System.getProperty("xprompt4j.bench.python.packages", ""); // bench/gpu-report.sh asks Python for them
        if (!python.isEmpty()) {
            try (Stream<Path> packages = Files.walk(Path.of(python), 3)) {
                packages.filter(Files::isDirectory).filter(folder -> folder.endsWith("lib")).sorted().forEach(folders::add);
            } catch (IOException e) {
                System.err.println(python + " cannot be searched for cuBLAS: " + e.getMessage());
            }
        }
        for (Path folder : folders) {
            for (int version : VERSIONS) {
                Path file = folder.resolve("libcublas.so." + version);
                if (Files.isRegularFile(file)) {
                    out.add(file.toString());
                }
            }
        }
        return out;
    }

    /** Name and version. */
    public String version() {
        return version;
    }

    /**
     * Queues c = a · b over row-major matrices of one type, summed in float.
     *
     * @param type F32 or BF16
     * @param a device address of [m, k], or [k, m] as the spec says
     * @param b device address of [k, n] or [n, k]
     * @param c device address of [m, n]
     */
    public void product(MatmulSpec spec, DType type, int m, int n, int k, long a, long b, long c) {
        int kind = switch (type) {
            case F32 -> REAL_32;
            case BF16 -> REAL_BF16;
            default -> throw new IllegalArgumentException("products of " + type);
        };
        // The library thinks in columns: row-major c is column-major cᵀ = bᵀ · aᵀ.
        int opB = spec.transposeB() ? TRANSPOSED : AS_STORED;
        int opA = spec.transposeA() ? TRANSPOSED : AS_STORED;
        int ldB = spec.transposeB() ? k : n;
        int ldA = spec.transposeA() ? m : k;
        require("cublasGemmEx", call(() -> (int) gemm.invokeExact(handle, opB, opA, n, m, k, one, b, kind, ldB, a, kind, ldA, zero, c, kind, n,
                COMPUTE_32, DEFAULT_ALGORITHM)));
    }

    private interface Call {
        int run() throws Throwable;
    }

    private static int call(Call call) {
        try {
            return call.run();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a call of cuBLAS failed", e);
        }
    }

    private static void require(String function, int status) {
        if (status != 0) {
            throw new IllegalStateException(function + " failed with status " + status + " (see cublasStatus_t)");
        }
    }

    @Override
    public void close() {
        require("cublasDestroy", call(() -> (int) destroy.invokeExact(handle)));
        arena.close();
    }
}
