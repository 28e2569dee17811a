package org.xprompt4j.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The bits of every result are the same with one, two and five threads; the number is fixed per process, so each is a process. */
@Tag("contract")
class ThreadsContractTest {
    private static List<String> digests(int threads) throws IOException, InterruptedException {
        Stream<String> bits = Stream.ofNullable(System.getProperty("xprompt4j.vector.bits")).map(width -> "-Dxprompt4j.vector.bits=" + width);
        List<String> command = Stream.of(
                Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED", "-Dxprompt4j.threads=" + threads, "-Dxprompt4j.test.seed=" + Workbench.seed()),
                bits,
                Stream.of("-cp", System.getProperty("java.class.path"), OperationDigests.class.getName(), "cpu")).flatMap(s -> s).toList();
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("exit code of %s, which printed %s", command, output).isZero();
        return output.lines().toList();
    }

    @Test
    void resultsDoNotDependOnTheNumberOfThreads() throws IOException, InterruptedException {
        BackendContract.assumeVectorWidth();
        List<String> one = digests(1);
        assertThat(one).as("operations").hasSameSizeAs(LargeOperations.all().keySet());
        assertThat(digests(2)).as("two threads").isEqualTo(one);
        assertThat(digests(5)).as("five threads").isEqualTo(one);
    }
}
