package org.xprompt4j.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Where and with what a figure was measured: the part of a history line that every instrument shares. */
public final class Machine {
    /** System property with the commit of the sources; {@code bench/java.sh} sets it. */
    public static final String COMMIT = "xprompt4j.bench.commit";

    private Machine() {
    }

    /** Date, commit, processor, virtual machine and its flags. */
    public static Map<String, Object> describe() {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        out.put("commit", System.getProperty(COMMIT, "unknown"));
        out.put("device", processor() + ", " + Runtime.getRuntime().availableProcessors() + " cores");
        out.put("jdk", System.getProperty("java.vm.version"));
        out.put("flags", String.join(" ", ForkedJvm.ownFlags().stream().filter(flag -> !flag.startsWith("-Dxprompt4j.bench")).toList()));
        return out;
    }

    /**
     * The processor's name, its generation (virtual machines name several alike) and whether it has the widest vectors; the architecture's
     * name where the system does not say more.
     */
    static String processor() {
        String name = ofProcessor("model name");
        String family = ofProcessor("cpu family");
        List<String> details = new ArrayList<>();
        if (!family.isEmpty()) {
            details.add("family " + family + " model " + ofProcessor("model\t"));
        }
        Set<String> flags = flags();
        if (flags.contains("avx512f") || flags.contains("avx2")) {
            details.add(flags.contains("avx512f") ? "AVX-512" : "AVX2");
        }
        return (name.isEmpty() ? System.getProperty("os.arch") : name) + (details.isEmpty() ? "" : " (" + String.join(", ", details) + ")");
    }

    /** What the processor can do, as Linux lists it: {@code avx2}, {@code avx512f}; empty where the system does not say. */
    public static Set<String> flags() {
        return Set.copyOf(List.of(ofProcessor("flags").split(" +")));
    }

    /** A field of the first processor in Linux's list; empty where there is none. */
    private static String ofProcessor(String field) {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(info)) {
            return "";
        }
        try (Stream<String> lines = Files.lines(info)) {
            return lines.filter(line -> line.startsWith(field)).findFirst().map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
