package org.xprompt4j.tests.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.Backends;

/** The script {@code kernels-cuda/gpu-check.sh} as it is run on a machine that has Java and what was built, and nothing else. */
class GpuCheckTest {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path dir;

    private record Result(int exit, String out, String err) {
    }

    private Result check(Path home, Map<String, String> environment, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(home.resolve("kernels-cuda/gpu-check.sh").toString()));
        Collections.addAll(command, args);
        Path out = dir.resolve("out");
        Path err = dir.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command).directory(dir.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        int exit = builder.start().waitFor();
        return new Result(exit, Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
    }

    @Test
    void runsTheGroupsOnTheEmulator() throws Exception {
        Result result = check(HOME, Map.of(), "--device", "ptx", "--only", "StepContract,LossContract");
        assertThat(result.exit()).as(result.out() + result.err()).isZero();
        assertThat(result.err()).isEmpty();
        List<String> lines = result.out().lines().toList();
        assertThat(lines).hasSize(3);
        for (String group : List.of("StepContract", "LossContract")) {
            assertThat(lines.stream().filter(line -> line.matches(group + " +[1-9]\\d* passed +0 failed +0 skipped +\\d+\\.\\d s"))).as(group).hasSize(1);
        }
        assertThat(lines.getLast()).matches("passed on ptx: [1-9]\\d* passed, 0 failed, 0 skipped in \\d+\\.\\d s");
    }

    /** With so little memory nothing passes: the script must say so. */
    @Test
    void failuresAreNamedAndSetTheExitCode() throws Exception {
        Result result = check(HOME, Map.of("GPU_CHECK_JAVA_OPTS", "-Dxprompt4j.cuda.memory.limit=20k"), "--device", "ptx", "--only", "SameTraining");
        assertThat(result.exit()).as(result.out() + result.err()).isEqualTo(1);
        assertThat(result.out()).containsPattern("SameTraining +0 passed +2 failed").contains("stepsAreThoseOfTheCpu").contains("failed on ptx");
    }

    @Test
    void whatIsMissingIsOneLine() throws Exception {
        if (Backends.choose().device().equals("cpu")) {
            refused(check(HOME, Map.of()), "gpu-check: device cuda cannot be used: ");
        }
        refused(check(HOME, Map.of(), "--device", "cpu"), "gpu-check: --device must be cuda or ptx, is cpu");
        refused(check(HOME, Map.of(), "--quick"), "gpu-check: '--quick' is not understood");
        refused(check(HOME, Map.of("JAVA_HOME", dir.toString())), "gpu-check: " + dir + "/bin/java is not there");
        refused(check(HOME, Map.of(), dir.resolve("jre").toString()), "gpu-check: " + dir.resolve("jre") + "/bin/java is not there");
        Path bare = Files.createDirectories(dir.resolve("bare/kernels-cuda"));
        Files.copy(HOME.resolve("kernels-cuda/gpu-check.sh"), bare.resolve("gpu-check.sh"));
        assertThat(bare.resolve("gpu-check.sh").toFile().setExecutable(true)).isTrue();
        refused(check(bare.getParent(), Map.of()), "is not there; run 'mvn -DskipTests package'");
        Result none = check(HOME, Map.of(), "--device", "ptx", "--only", "Nothing");
        assertThat(none.exit()).isEqualTo(1);
        assertThat(none.out()).startsWith("no test ran; --only Nothing names no group");
    }

    private static void refused(Result result, String words) {
        assertThat(result.exit()).as(result.err()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines().toList()).as("lines on standard error").hasSize(1);
        assertThat(result.err()).contains(words);
    }
}
