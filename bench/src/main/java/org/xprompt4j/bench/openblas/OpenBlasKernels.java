package org.xprompt4j.bench.openblas;

import java.util.Map;
import java.util.Set;
import org.xprompt4j.bench.Machine;
import org.xprompt4j.tensor.InvalidInput;

/**
 * The kernels that OpenBLAS takes. It knows processors by their number and falls back to kernels of 2004 for one that came out after it;
 * beside those anything looks fast. Then it is told, by its own variable of the environment, which kernels fit.
 */
public final class OpenBlasKernels {
    private static final String VARIABLE = "OPENBLAS_CORETYPE";
    private static final Set<String> WITHOUT_AVX2 = Set.of("Prescott", "Generic", "Core2", "Penryn", "Dunnington", "Nehalem", "Atom", "Sandybridge", "Katmai",
            "Coppermine", "Northwood", "Banias", "Opteron", "Opteron_SSE3", "Barcelona", "Bobcat", "Bulldozer", "Athlon", "Nano");

    private OpenBlasKernels() {
    }

    /** What a child process that uses OpenBLAS needs beside its environment: nothing where the library is missing or chooses well. */
    public static Map<String, String> environment() {
        try {
            return environment(null);
        } catch (InvalidInput missing) {
            return Map.of();
        }
    }

    /**
     * The same for a given file.
     *
     * @param library its file; null for the installed one
     * @throws InvalidInput when there is no such library
     */
    static Map<String, String> environment(String library) {
        OpenBlas blas = OpenBlas.load(library);
        String better = instead(blas.core(), Machine.flags());
        System.err.println(blas.description() + (better == null ? "" : ", which are older than this processor: runs with those for " + better));
        return better == null ? Map.of() : Map.of(VARIABLE, better);
    }

    /**
     * The kernels to use in the place of what was chosen; null when that fits.
     *
     * @param chosen name of the chosen kernels
     * @param flags of the processor, as Linux lists them; empty where unknown
     */
    static String instead(String chosen, Set<String> flags) {
        if (!WITHOUT_AVX2.contains(chosen) || !flags.contains("avx2")) {
            return null;
        }
        return flags.contains("avx512_bf16") ? "Cooperlake" : flags.contains("avx512vl") ? "SkylakeX" : "Haswell";
    }
}
