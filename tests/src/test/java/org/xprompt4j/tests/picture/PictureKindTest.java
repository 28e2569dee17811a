package org.xprompt4j.tests.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureReader;

/** Rare but honest kinds of PNG and JPEG, built here pixel by pixel, so that the right answer is known. */
class PictureKindTest {
    private static final int SIDE = 16;

    private static Picture png(int colours, int bits, int... row) {
        return PictureReader.decode(new PngBytes(2, 1, bits, colours, false).pixels(row).end(), "a.png");
    }

    private static int[] rgb(Picture picture) {
        int[] values = new int[picture.rgb().length];
        Arrays.setAll(values, i -> picture.rgb()[i] & 0xFF);
        return values;
    }

    @Test
    void greyWithAlphaLiesOnWhite() {
        assertThat(rgb(png(PngBytes.GREY_ALPHA, 8, 0, 100, 255, 7, 0))).containsExactly(100, 100, 100, 255, 255, 255);
        assertThat(rgb(png(PngBytes.GREY_ALPHA, 16, 0, 100, 100, 255, 255, 9, 9, 0, 0))).containsExactly(100, 100, 100, 255, 255, 255);
    }

    @Test
    void sixteenBitColourWithAlpha() {
        assertThat(rgb(png(PngBytes.RGB_ALPHA, 16, 0, 10, 10, 20, 20, 30, 30, 255, 255, 1, 1, 2, 2, 3, 3, 0, 0))).containsExactly(10, 20, 30, 255, 255, 255);
    }

    @Test
    void greyOfOneTwoAndFourBits() {
        assertThat(rgb(png(PngBytes.GREY, 1, 0, 0x40))).containsExactly(0, 0, 0, 255, 255, 255);
        assertThat(rgb(png(PngBytes.GREY, 2, 0, 0x60))).containsExactly(85, 85, 85, 170, 170, 170);
        assertThat(rgb(png(PngBytes.GREY, 4, 0, 0x3C))).containsExactly(51, 51, 51, 204, 204, 204);
    }

    @Test
    void paletteWithTransparency() {
        byte[] png = new PngBytes(2, 1, 8, PngBytes.PALETTE, false).chunk("PLTE", PngBytes.bytes(10, 20, 30, 40, 50, 60)).chunk("tRNS", PngBytes.bytes(255, 0))
                .pixels(0, 0, 1).end();
        assertThat(rgb(PictureReader.decode(png, "a.png"))).containsExactly(10, 20, 30, 255, 255, 255);
    }

    @Test
    void interlacedRowsFallIntoPlace() {
        // Adam7 of 3 x 3: pass 1 holds pixel (0,0), pass 4 (2,0), pass 5 (0,2) and (2,2), pass 6 (1,0) and (1,2), pass 7 the middle row.
        byte[] png = new PngBytes(3, 3, 8, PngBytes.GREY, true).pixels(0, 1, 0, 3, 0, 7, 9, 0, 2, 0, 8, 0, 4, 5, 6).end();
        Picture picture = PictureReader.decode(png, "a.png");
        for (int i = 0; i < 9; i++) {
            assertThat(picture.at(i % 3, i / 3, 0)).as("pixel %d", i).isEqualTo(i + 1);
        }
    }

    @Test
    void theStillOfAnAnimatedPng() {
        byte[] png = new PngBytes(1, 1, 8, PngBytes.RGB, false).chunk("acTL", PngBytes.bytes(0, 0, 0, 2, 0, 0, 0, 0))
                .chunk("fcTL", new byte[26]).pixels(0, 1, 2, 3).chunk("fcTL", new byte[26]).chunk("fdAT", PngBytes.bytes(0, 0, 0, 1, 9, 9)).end();
        assertThat(rgb(PictureReader.decode(png, "a.png"))).containsExactly(1, 2, 3);
    }

    private static Raster raster(int bands, int[] left, int[] right) {
        WritableRaster raster = Raster.createInterleavedRaster(0, SIDE, SIDE, bands, null);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                raster.setPixel(x, y, x < SIDE / 2 ? left : right);
            }
        }
        return raster;
    }

    private static byte[] jpeg(IIOImage image, boolean progressive) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(stream);
            ImageWriteParam how = writer.getDefaultWriteParam();
            how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            how.setCompressionQuality(1f);
            how.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
            writer.write(null, image, how);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    /** Puts a segment behind the first marker of a JPEG. */
    private static byte[] with(byte[] jpeg, int marker, int... content) {
        byte[] out = Arrays.copyOf(jpeg, jpeg.length + 4 + content.length);
        System.arraycopy(jpeg, 2, out, 6 + content.length, jpeg.length - 2);
        System.arraycopy(PngBytes.bytes(0xFF, marker, content.length + 2 >> 8, content.length + 2 & 0xFF), 0, out, 2, 4);
        System.arraycopy(PngBytes.bytes(content), 0, out, 6, content.length);
        return out;
    }

    private static void requireRedLeftBlueRight(Picture picture) {
        assertThat(picture).hasToString("Picture 16 x 16");
        assertThat(picture.at(3, 8, 0)).as("red of the left").isGreaterThan(180);
        assertThat(picture.at(3, 8, 2)).as("blue of the left").isLessThan(80);
        assertThat(picture.at(12, 8, 2)).as("blue of the right").isGreaterThan(110);
        assertThat(picture.at(12, 8, 0)).as("red of the right").isLessThan(80);
    }

    /** Adobe's marker: version, two flags, then how the four inks are coded: 0 as they are, 2 as YCC and black. Adobe stores inks inverted. */
    private static byte[] adobe(byte[] jpeg, int transform) {
        return with(jpeg, 0xEE, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, transform);
    }

    @Test
    void cmykAndYcckOfAdobe() throws IOException {
        byte[] cmyk = adobe(jpeg(new IIOImage(raster(4, new int[] {255, 0, 0, 255}, new int[] {0, 0, 255, 255}), null, null), false), 0);
        requireRedLeftBlueRight(PictureReader.decode(cmyk, "cmyk.jpg"));
        // As libjpeg has it, luma and chroma of what is left of white when the stored inks are taken away: cyan for red, yellow for blue.
        byte[] ycck = adobe(jpeg(new IIOImage(raster(4, new int[] {179, 171, 0, 255}, new int[] {226, 1, 149, 255}), null, null), false), 2);
        requireRedLeftBlueRight(PictureReader.decode(ycck, "ycck.jpg"));
    }

    private static BufferedImage redAndBlue() {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < SIDE * SIDE; i++) {
            image.setRGB(i % SIDE, i / SIDE, i % SIDE < SIDE / 2 ? 0xE01010 : 0x1010E0);
        }
        return image;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void progressiveIsReadAsBaselineIs(boolean progressive) throws IOException {
        requireRedLeftBlueRight(PictureReader.decode(jpeg(new IIOImage(redAndBlue(), null, null), progressive), "a.jpg"));
    }

    @Test
    void brokenColourProfilesAreIgnored() throws IOException {
        byte[] plain = jpeg(new IIOImage(redAndBlue(), null, null), false);
        Picture right = PictureReader.decode(plain, "plain.jpg");
        int[] icc = new int[200];
        String name = "ICC_PROFILE";
        Arrays.setAll(icc, i -> i < name.length() ? name.charAt(i) : i == 12 || i == 13 ? 1 : i * 37 & 0xFF);
        icc[11] = 0;
        assertThat(PictureReader.decode(with(plain, 0xE2, icc), "broken.jpg")).isEqualTo(right);
        icc[12] = 3; // part 3 of 1
        assertThat(PictureReader.decode(with(plain, 0xE2, icc), "parts.jpg")).isEqualTo(right);
    }
}
