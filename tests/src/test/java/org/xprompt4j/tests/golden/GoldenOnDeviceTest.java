package org.xprompt4j.tests.golden;

import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tests.device.TestDevice;
import org.xprompt4j.xprompt.reproduce.Reproduction;

/** The reference's own values on the device: logits, greedy tokens, training steps, codes and pictures. */
@Tag("gpu")
@ParameterizedClass(name = "{0}")
@MethodSource("org.xprompt4j.tests.device.TestDevice#devices")
class GoldenOnDeviceTest {
    @TempDir
    Path dir;

    @Parameter
    String device;

    @ParameterizedTest
    @ValueSource(strings = {"chameleon-tiny", "vqgan-tiny", "clip-text-tiny"})
    void everyExpectedValueIsWritten(String fixture) {
        Path folder = GoldenFolder.folder(fixture);
        Path out = dir.resolve("out.safetensors");
        try (Backend backend = TestDevice.open(device)) {
            Reproduction.run(backend, folder, out);
        }
        ExpectedValues.require(folder, out);
    }
}
