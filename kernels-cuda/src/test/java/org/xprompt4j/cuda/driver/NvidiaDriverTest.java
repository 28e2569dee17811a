package org.xprompt4j.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The host code through JCuda for real, over a stub of the driver's library that gcc makes from {@code src/test/c}. Without gcc these
 * tests are skipped; the emulator's tests run the same host code in any case.
 */
class NvidiaDriverTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        Path source = Path.of("src/test/c/stub_cuda.c").toAbsolutePath();
        Process gcc;
        try {
            gcc = new ProcessBuilder("gcc", "-shared", "-fPIC", "-O1", "-o", folder.resolve("libcuda.so.1").toString(), source.toString())
                    .redirectErrorStream(true).start();
        } catch (IOException e) {
            Assumptions.abort("gcc is needed to make the stub of libcuda: " + e.getMessage());
            return;
        }
        String output = new String(gcc.getInputStream().readAllBytes());
        assertThat(gcc.waitFor()).as(output).isZero();
    }

    private static String run(Map<String, String> environment, boolean withDriver) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = new ArrayList<>(List.of(java.toString(), "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("natives")), "-cp", System.getProperty("java.class.path"),
                StubDriverRun.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LD_LIBRARY_PATH", withDriver ? folder.toString() : File.separator + "nowhere");
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(output).isTrue();
        return output;
    }

    @Test
    void argumentsStagingGraphsAndErrors() throws Exception {
        String output = run(Map.of(), true);
        assertThat(output).contains("device: DeviceProperties[name=Stub GPU, major=9, minor=0, multiprocessors=4").endsWith("ok\n");
    }

    @Test
    void obstaclesAreOneLineEach() throws Exception {
        assertThat(run(Map.of("STUB_INIT", "100"), true)).startsWith("obstacle: cuInit failed: CUDA_ERROR_NO_DEVICE; no GPU is visible").hasLineCount(1);
        assertThat(run(Map.of("STUB_DEVICES", "0"), true)).startsWith("obstacle: the driver shows no GPU").hasLineCount(1);
        assertThat(run(Map.of("STUB_VERSION", "11080"), true)).startsWith("obstacle: the driver is for CUDA 11.8").hasLineCount(1);
        assertThat(run(Map.of("STUB_MAJOR", "7"), true)).startsWith("obstacle: GPU 0 has compute capability 7.0; the kernels need 8.0").hasLineCount(1);
        assertThat(run(Map.of(), false)).startsWith("obstacle: no NVIDIA driver on this machine").hasLineCount(1);
    }
}
