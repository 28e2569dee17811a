package org.xprompt4j.cuda.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/**
 * The PTX that ships: made from the sources beside it, for ISA 8.0 and compute_80, and it assembles for the GPUs it is for. Registers
 * and spills are compared with {@code registers.txt}; {@code -Dxprompt4j.registers=write} writes that table anew.
 */
class ShippedPtxTest {
    private static final Path SOURCES = Path.of("src/main/cuda");
    private static final Path RESOURCES = Path.of("src/main/resources/org/xprompt4j/cuda/ptx");
    private static final Path TABLE = Path.of("src/test/resources/registers.txt");
    private static final Pattern INCLUDE = Pattern.compile("#include \"(.*)\"");
    private static final List<String> ARCHITECTURES = List.of("sm_90");

    private static List<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.filter(path -> path.toString().endsWith(ending)).sorted().toList();
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString().replaceAll("\\.\\w+$", "");
    }

    /** Headers that a file includes, directly or not, in order of name. */
    private static SortedSet<String> headers(Path file, SortedSet<String> found) throws IOException {
        for (String line : Files.readAllLines(file)) {
            Matcher include = INCLUDE.matcher(line);
            if (include.matches() && found.add(include.group(1))) {
                headers(SOURCES.resolve(include.group(1)), found);
            }
        }
        return found;
    }

    @Test
    void everySourceHasItsPtxAndTheOtherWayRound() throws IOException {
        assertThat(files(RESOURCES, ".ptx").stream().map(ShippedPtxTest::name)).as("PTX files, against src/main/cuda")
                .containsExactlyElementsOf(files(SOURCES, ".cu").stream().map(ShippedPtxTest::name).toList());
    }

    @Test
    void ptxIsAsNewAsItsSources() throws IOException, NoSuchAlgorithmException {
        for (Path source : files(SOURCES, ".cu")) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String header : headers(source, new TreeSet<>())) {
                digest.update(Files.readAllBytes(SOURCES.resolve(header)));
            }
            String sum = HexFormat.of().formatHex(digest.digest(Files.readAllBytes(source)));
            String first = Files.readString(RESOURCES.resolve(name(source) + ".ptx")).lines().findFirst().orElse("");
            assertThat(first).as(name(source) + ".ptx is older than its source or a header that it includes: run kernels-cuda/build.sh").isEqualTo("// source sha256 " + sum);
        }
    }

    @Test
    void ptxIsPortableAndNamesNoFolder() throws IOException {
        for (Path file : files(RESOURCES, ".ptx")) {
            List<String> lines = Files.readAllLines(file);
            assertThat(lines).as(name(file)).contains(".version 8.0", ".target sm_80", ".address_size 64");
            assertThat(lines.stream().filter(line -> line.matches("\\s*\\.file\\b.*/.*"))).as(name(file) + ": folders in .file").isEmpty();
        }
    }

    @Test
    void everyKernelAssemblesWithTheRegistersOfTheTable() throws IOException {
        Map<String, String> found = new TreeMap<>();
        for (Path file : files(RESOURCES, ".ptx")) {
            String ptx = Files.readString(file, StandardCharsets.UTF_8);
            for (String architecture : ARCHITECTURES) {
                PtxAssembly.assemble(name(file), ptx, architecture).forEach((entry, use) -> found.put(name(file) + "." + entry + " " + architecture,
                        use.registers() + " registers, " + use.spilled() + " bytes spilled, " + use.stack() + " bytes of stack"));
            }
        }
        List<String> lines = new ArrayList<>();
        found.forEach((kernel, use) -> lines.add(kernel + ": " + use));
        if ("write".equals(System.getProperty("xprompt4j.registers"))) {
            Files.createDirectories(TABLE.getParent());
            Files.write(TABLE, lines);
        }
        assertThat(lines).as("registers of the kernels, against " + TABLE).containsExactlyElementsOf(Files.readAllLines(TABLE));
        assertThat(lines.stream().filter(line -> !line.contains(" 0 bytes spilled"))).as("kernels that spill").isEmpty();
    }
}
