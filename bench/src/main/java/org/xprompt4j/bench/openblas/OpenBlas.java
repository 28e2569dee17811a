package org.xprompt4j.bench.openblas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.xprompt4j.tensor.InvalidInput;

/** OpenBLAS through the foreign function interface: one process-wide library with a pool of threads of its own. */
final class OpenBlas {
    private static final int ROW_MAJOR = 101;
    private static final int AS_STORED = 111;
    private static final int TRANSPOSED = 112;

    private final MethodHandle sgemm;
    private final MethodHandle setThreads;
    private final String description;
    private final String core;

    private OpenBlas(Path library, SymbolLookup symbols) {
        Linker linker = Linker.nativeLinker();
        ValueLayout i = ValueLayout.JAVA_INT;
        ValueLayout f = ValueLayout.JAVA_FLOAT;
        ValueLayout p = ValueLayout.ADDRESS;
        sgemm = linker.downcallHandle(symbols.findOrThrow("cblas_sgemm"),
                FunctionDescriptor.ofVoid(i, i, i, i, i, i, f, p, i, p, i, f, p, i));
        setThreads = linker.downcallHandle(symbols.findOrThrow("openblas_set_num_threads"), FunctionDescriptor.ofVoid(i));
        core = text(linker, symbols, "openblas_get_corename");
        description = library + ": " + text(linker, symbols, "openblas_get_config") + ", kernels for " + core;
    }

    /**
     * Loads the library.
     *
     * @param given the file to load; null for the one that Debian's {@code libopenblas0-pthread} installs
     * @throws InvalidInput when there is none, saying what to install
     */
    static OpenBlas load(String given) {
        for (Path file : given == null ? usualPlaces() : List.of(Path.of(given))) {
            if (Files.isRegularFile(file)) {
                return new OpenBlas(file, SymbolLookup.libraryLookup(file, Arena.global()));
            }
        }
        throw new InvalidInput((given == null ? "OpenBLAS is not installed" : "OpenBLAS is not at " + given)
                + "; install it (apt-get install libopenblas0-pthread) or name its file with --library");
    }

    private static List<Path> usualPlaces() {
        List<Path> places = new ArrayList<>();
        for (String root : new String[] {"/usr/lib", "/usr/local/lib", "/usr/lib64"}) {
            Path folder = Path.of(root);
            places.add(folder.resolve("libopenblas.so.0"));
            try (DirectoryStream<Path> byMachine = Files.isDirectory(folder) ? Files.newDirectoryStream(folder, "*-linux-gnu*") : null) {
                if (byMachine != null) {
                    byMachine.forEach(machine -> places.add(machine.resolve("openblas-pthread/libopenblas.so.0")));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return places;
    }

    private static String text(Linker linker, SymbolLookup symbols, String function) {
        try {
            MethodHandle call = linker.downcallHandle(symbols.findOrThrow(function), FunctionDescriptor.of(ValueLayout.ADDRESS));
            return ((MemorySegment) call.invokeExact()).reinterpret(1024).getString(0).strip();
        } catch (Throwable e) {
            throw new IllegalStateException(function + " failed", e);
        }
    }

    /** Version, options and the kind of processor that it chose. */
    String description() {
        return description;
    }

    /** The kind of processor whose kernels it uses. */
    String core() {
        return core;
    }

    void setThreads(int threads) {
        try {
            setThreads.invokeExact(threads);
        } catch (Throwable e) {
            throw new IllegalStateException("openblas_set_num_threads failed", e);
        }
    }

    /** c = a · b, or c += a · b, over row-major matrices as the shape says. */
    void sgemm(GemmShape shape, MemorySegment a, MemorySegment b, MemorySegment c) {
        boolean tA = shape.spec().transposeA();
        boolean tB = shape.spec().transposeB();
        int m = shape.m();
        int n = shape.n();
        int k = shape.k();
        try {
            sgemm.invokeExact(ROW_MAJOR, tA ? TRANSPOSED : AS_STORED, tB ? TRANSPOSED : AS_STORED, m, n, k, 1f, a, tA ? m : k, b, tB ? k : n,
                    shape.spec().accumulate() ? 1f : 0f, c, n);
        } catch (Throwable e) {
            throw new IllegalStateException("cblas_sgemm failed for " + shape, e);
        }
    }
}
