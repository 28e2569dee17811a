package org.xprompt4j.xprompt.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xprompt4j.tensor.InvalidInput;

/** Against {@code pillow.json}: what Pillow 9.4 makes of pictures computed from a formula. Equality is exact. */
class ResampleTest {
    static Stream<JsonNode> pillow() throws IOException {
        try (InputStream in = ResampleTest.class.getResourceAsStream("/picture/pillow.json")) {
            return StreamSupport.stream(new ObjectMapper().readTree(in).spliterator(), false).toList().stream();
        }
    }

    /** The picture that the fixture was made from. */
    static Picture formula(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) ((i * i * 7 + i * 13) ^ i >> 3);
        }
        return new Picture(width, height, rgb);
    }

    @ParameterizedTest
    @MethodSource("pillow")
    void equalsPillow(JsonNode c) throws IOException {
        Picture in = formula(c.get("width").asInt(), c.get("height").asInt());
        int w = c.get("outWidth").asInt();
        int h = c.get("outHeight").asInt();
        Picture out = c.get("what").asText().equals("crop")
                ? CentreCrop.square(in, w)
                : Resample.resize(in, w, h, Resample.Kernel.valueOf(c.get("kernel").asText()));
        assertThat(out).isEqualTo(new Picture(w, h, c.get("rgb").binaryValue()));
    }

    @Test
    void aWindowIsCutFromTheWhole() {
        Picture in = formula(50, 40);
        Picture whole = Resample.resize(in, 33, 71, Resample.Kernel.LANCZOS);
        assertThat(Resample.resize(in, 33, 71, Resample.Kernel.LANCZOS, 5, 20, 9, 30)).isEqualTo(whole.crop(5, 20, 9, 30));
    }

    @Test
    void aLongStripCostsOnlyItsCentre() {
        assertThat(CentreCrop.square(Picture.filled(20000, 10, 0x336699), 512)).isEqualTo(Picture.filled(512, 512, 0x336699));
        assertThatThrownBy(() -> CentreCrop.square(Picture.filled(30_000_000, 1, 0), 512))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("too thin");
    }

    @Test
    void areaShrinkKeepsTheMean() {
        Picture in = formula(90, 61);
        Picture out = AreaShrink.resize(in, 13, 7);
        double[] sums = new double[2];
        for (byte b : in.rgb()) {
            sums[0] += (b & 0xFF) / (double) in.rgb().length;
        }
        for (byte b : out.rgb()) {
            sums[1] += (b & 0xFF) / (double) out.rgb().length;
        }
        assertThat(sums[1]).isCloseTo(sums[0], org.assertj.core.data.Offset.offset(0.5));
        assertThat(AreaShrink.resize(in, 90, 61)).isEqualTo(in);
        Picture halved = AreaShrink.resize(new Picture(2, 2, new byte[] {0, 0, 0, 4, 8, 12, 8, 16, 24, 12, 24, 36}), 1, 1);
        assertThat(halved.rgb()).containsExactly(6, 12, 18);
        assertThat(AreaShrink.toShorterSide(in, 30)).hasToString("Picture 44 x 30");
    }

    @Test
    void signedPlanesAreMetas() {
        Picture in = formula(5, 4);
        float[] planes = in.signedPlanes();
        assertThat(planes[0]).isEqualTo((float) (in.at(0, 0, 0) / 255.0 * 2 - 1));
        assertThat(planes[2 * 20 + 7]).isEqualTo((float) (in.at(2, 1, 2) / 255.0 * 2 - 1));
        float[] out = {-2f, 2f, 0f, 0.9999f, -0.5f, 0.25f};
        assertThat(Picture.ofSignedPlanes(out, 2, 1).rgb()).containsExactly(0, 127, 63, -1, -2, (byte) 159);
    }
}
