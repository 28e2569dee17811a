package org.xprompt4j.tests.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tests.cli.XpProcess;

/** The script {@code kernels-cuda/gpu-check.sh} as it is run on a machine that has Java and what was built, and nothing else. */
class GpuCheckTest {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path dir;

    private XpProcess.Result check(Path home, Map<String, String> environment, String... args) {
        List<String> command = new ArrayList<>(List.of(home.resolve("kernels-cuda/gpu-check.sh").toString()));
        Collections.addAll(command, args);
        Map<String, String> variables = new HashMap<>(Map.of("JAVA_HOME", System.getProperty("java.home")));
        variables.putAll(environment);
        return XpProcess.run(dir, command, variables);
    }

    @Test
    void runsTheGroupsOnTheEmulator() throws Exception {
        XpProcess.Result result = check(HOME, Map.of(), "--device", "ptx", "--only", "StepContract,LossContract");
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
        XpProcess.Result result = check(HOME, Map.of("GPU_CHECK_JAVA_OPTS", "-Dxprompt4j.cuda.memory.limit=20k"), "--device", "ptx", "--only", "SameTraining");
        assertThat(result.exit()).as(result.out() + result.err()).isEqualTo(1);
        assertThat(result.out()).containsPattern("SameTraining +0 passed +2 failed").contains("stepsAreThoseOfTheCpu").contains("failed on ptx");
    }

    @Test
    void whatIsMissingIsOneLine() throws Exception {
        if (Backends.choose().device().equals("cpu")) {
            check(HOME, Map.of()).refusedWith("gpu-check: device cuda cannot be used: ");
        }
        check(HOME, Map.of(), "--device", "cpu").refusedWith("gpu-check: --device must be cuda or ptx, is cpu");
        check(HOME, Map.of(), "--quick").refusedWith("gpu-check: '--quick' is not understood");
        check(HOME, Map.of("JAVA_HOME", dir.toString())).refusedWith("gpu-check: " + dir + "/bin/java is not there");
        check(HOME, Map.of(), dir.resolve("jre").toString()).refusedWith("gpu-check: " + dir.resolve("jre") + "/bin/java is not there");
        Path bare = Files.createDirectories(dir.resolve("bare/kernels-cuda"));
        Files.copy(HOME.resolve("kernels-cuda/gpu-check.sh"), bare.resolve("gpu-check.sh"));
        assertThat(bare.resolve("gpu-check.sh").toFile().setExecutable(true)).isTrue();
        check(bare.getParent(), Map.of()).refusedWith("is not there; run 'mvn -DskipTests package'");
        XpProcess.Result none = check(HOME, Map.of(), "--device", "ptx", "--only", "Nothing");
        assertThat(none.exit()).isEqualTo(1);
        assertThat(none.out()).startsWith("no test ran; --only Nothing names no group");
    }
}
