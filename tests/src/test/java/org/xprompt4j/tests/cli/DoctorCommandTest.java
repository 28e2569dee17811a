package org.xprompt4j.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.SelfTest;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;
import org.xprompt4j.tensor.scalar.ScalarBackend;

/** {@code xp doctor} and {@code --device auto} in fresh processes. */
class DoctorCommandTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden").toAbsolutePath();

    @TempDir
    Path dir;

    @Test
    void everyDeviceIsDescribedAndTested() {
        String out = XpProcess.in(dir, "doctor").done().out();
        assertThat(out).contains("Java ", "flags ", "device cpu", "device scalar", "device ptx", "device cuda", "self-test matmul", "device auto")
                .contains("All that is there computes right.");
        assertThat(out.lines().filter(line -> line.contains("self-test"))).as("six checks on each device that opens").hasSizeGreaterThanOrEqualTo(18)
                .allMatch(line -> line.contains(" right, "));
    }

    @Test
    void theSameAsJson() {
        Json report = Json.parse(XpProcess.in(dir, "doctor", "--json", "--skip", "ptx").done().out().getBytes(StandardCharsets.UTF_8), "doctor");
        assertThat(report.flag("works")).isTrue();
        List<Json> devices = report.get("devices").elements();
        assertThat(devices.stream().map(device -> device.string("device"))).containsExactly("cpu", "cuda", "ptx", "scalar");
        assertThat(devices.get(2).get("checks").elements()).as("skipped").isEmpty();
        assertThat(devices.getFirst().get("checks").elements()).allMatch(check -> check.number("error") <= check.number("bound"));
    }

    @Test
    void autoSaysWhatItChoseAndWhy() {
        XpProcess.Result result = XpProcess.in(dir, "reproduce", GOLDEN.resolve("vqgan-tiny").toString(), "--out", "o.safetensors", "--device", "auto").done();
        Backends.Choice choice = Backends.choose();
        assertThat(result.err()).contains("device auto is " + choice.device() + ": " + choice.reason());
        assertThat(result.out()).contains("computed on " + choice.device());
    }

    /** A device whose products are off by a thousandth is found out. */
    @Test
    void aWrongProductIsWrong() {
        try (Backend wrong = new ScalarBackend() {
            @Override
            public void matmul(MatmulSpec spec, Tensor a, Tensor b, Epilogue epilogue, Tensor out) {
                super.matmul(spec, a, b, epilogue, out);
                scale(out, 1.001f, out);
            }
        }) {
            List<SelfTest.Check> checks = SelfTest.run(wrong, 1e-5);
            assertThat(checks.stream().filter(check -> !check.passed()).map(SelfTest.Check::operation)).containsExactly("matmul");
            assertThat(checks).hasSize(6);
        }
    }
}
