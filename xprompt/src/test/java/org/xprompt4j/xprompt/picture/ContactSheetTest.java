package org.xprompt4j.xprompt.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContactSheetTest {
    @TempDir
    Path folder;

    @Test
    void picturesAreMagnifiedByWholeFactorsAndKeptSharp() {
        Picture picture = ResampleTest.formula(32, 32);
        BufferedImage sheet = new ContactSheet("Title", "note", List.of("one", "two"))
                .row("row", "copy 12.3 dB", "novel", List.of(new ContactSheet.Cell(picture, "20.0 dB"), new ContactSheet.Cell(null, "")))
                .draw();
        BufferedImage large = Picture.of(sheet).image();
        int found = 0;
        for (int y = 0; y + 128 <= large.getHeight(); y++) {
            for (int x = 0; x + 128 <= large.getWidth(); x++) {
                found += shows(large, picture, x, y) ? 1 : 0;
            }
        }
        assertThat(found).as("places at which the picture stands four times as large").isEqualTo(1);
    }

    private static boolean shows(BufferedImage sheet, Picture picture, int left, int top) {
        for (int i = 0; i < 128; i += 3) {
            for (int k = 0; k < 128; k += 5) {
                int rgb = sheet.getRGB(left + i, top + k) & 0xFFFFFF;
                int x = i / 4;
                int y = k / 4;
                if (rgb != (picture.at(x, y, 0) << 16 | picture.at(x, y, 1) << 8 | picture.at(x, y, 2))) {
                    return false;
                }
            }
        }
        return true;
    }

    @Test
    void aRowNeedsAPictureForEachColumn() {
        assertThatThrownBy(() -> new ContactSheet("", "", List.of("a")).row("r", "", "", List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void curvesAreWrittenWhenThereIsSomethingToShow() {
        Path file = folder.resolve("curve.png");
        assertThat(LossCurve.write(file, "t", "loss", Map.of("train", new LossCurve.Series(new double[] {1}, new double[] {Double.NaN})))).isFalse();
        assertThat(file).doesNotExist();
        boolean drawn = LossCurve.write(file, "t", "loss", Map.of("train", new LossCurve.Series(new double[] {1, 2, 3}, new double[] {3, 2, Double.NaN})));
        assertThat(drawn).isEqualTo(Lettering.AVAILABLE);
        if (drawn) {
            assertThat(PictureReader.read(file)).hasToString("Picture 1000 x 600");
        }
    }
}
