package org.xprompt4j.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.xprompt4j.xprompt.metric.Mse;
import org.xprompt4j.xprompt.metric.Psnr;
import org.xprompt4j.xprompt.metric.Ssim;
import org.xprompt4j.xprompt.picture.Picture;

/** The metrics against scikit-image's, {@code golden/metrics}. */
class GoldenMetricsTest {
    private static final Path FOLDER = Path.of("src/test/resources/golden/metrics");
    private static final double RELATIVE = 1e-12;

    @Test
    void agreeWithScikitImage() throws IOException {
        JsonNode expected = new ObjectMapper().readTree(FOLDER.resolve("expected.json").toFile());
        for (int i = 0; i < expected.size(); i++) {
            Picture a = picture("a" + i);
            Picture b = picture("b" + i);
            check(i, "psnr", expected.get(i), Psnr.of(a, b));
            check(i, "ssim_gaussian", expected.get(i), Ssim.gaussian(a, b));
            check(i, "ssim_uniform7", expected.get(i), Ssim.uniform7(a, b));
            check(i, "mse01", expected.get(i), Mse.on01(a, b));
            check(i, "rmse01", expected.get(i), Mse.rootOn01(a, b));
        }
    }

    private static void check(int pair, String name, JsonNode expected, double actual) {
        double wanted = expected.get(name).asDouble();
        double used = Math.abs(actual - wanted) / (RELATIVE * Math.abs(wanted));
        assertThat(used).as("pair %d, %s: expected %s, got %s, share of the tolerance used", pair, name, wanted, actual).isLessThan(1);
    }

    /** A uint8 [height, width, 3] tensor of the fixture, read by hand so that this test depends on no reader. */
    private static Picture picture(String name) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(FOLDER.resolve("images.safetensors"))).order(ByteOrder.LITTLE_ENDIAN);
        int header = (int) file.getLong(0);
        JsonNode entry = new ObjectMapper().readTree(new String(file.array(), 8, header, StandardCharsets.UTF_8)).get(name);
        int from = 8 + header + entry.get("data_offsets").get(0).asInt();
        int to = 8 + header + entry.get("data_offsets").get(1).asInt();
        return new Picture(entry.get("shape").get(1).asInt(), entry.get("shape").get(0).asInt(), Arrays.copyOfRange(file.array(), from, to));
    }
}
