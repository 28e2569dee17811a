package org.xprompt4j.xprompt.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;

/** Pictures of every kind, and files that are not what they say. */
class PictureReaderTest {
    @TempDir
    Path folder;

    private static byte[] encode(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, out)).isTrue();
        return out.toByteArray();
    }

    private static byte[] resource(String name) throws IOException {
        try (var in = PictureReaderTest.class.getResourceAsStream("/picture/" + name)) {
            return in.readAllBytes();
        }
    }

    private static void refused(byte[] bytes, String... words) {
        assertThatThrownBy(() -> PictureReader.decode(bytes, "bad.file")).isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("bad.file: ").satisfies(e -> {
                    assertThat(e.getMessage().lines()).hasSize(1);
                    for (String word : words) {
                        assertThat(e).hasMessageContaining(word);
                    }
                });
    }

    @Test
    void pngSurvivesTheRoundTrip() {
        Picture in = ResampleTest.formula(31, 17);
        Path file = folder.resolve("new/a.png");
        PictureWriter.write(in, file);
        assertThat(PictureReader.read(file)).isEqualTo(in);
        assertThat(folder.resolve("new")).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void anUnwritablePlaceIsTheUsersFault() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> PictureWriter.write(Picture.filled(1, 1, 0), file.resolve("a.png")))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("a.png").hasMessageContaining("cannot be written");
    }

    @Test
    void greyIsNotBrightened() throws IOException {
        BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setPixels(0, 0, 2, 1, new int[] {100, 200});
        assertThat(PictureReader.decode(encode(grey, "png"), "g").rgb()).containsExactly(100, 100, 100, (byte) 200, (byte) 200, (byte) 200);
    }

    @Test
    void sixteenBitBecomesEight() throws IOException {
        BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
        grey.getRaster().setPixels(0, 0, 2, 1, new int[] {65535, 257 * 50});
        assertThat(PictureReader.decode(encode(grey, "png"), "g").rgb()).containsExactly(-1, -1, -1, 50, 50, 50);
        assertThat(PictureReader.decode(resource("rgb16.png"), "rgb16").rgb()).containsExactly(0, 64, (byte) 128, (byte) 255, 1, 2);
    }

    @Test
    void alphaIsBlendedOnWhite() throws IOException {
        BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x00102030);
        image.setRGB(1, 0, 0x80102030);
        image.setRGB(2, 0, 0xFF102030);
        double a = 128 / 255.0;
        assertThat(PictureReader.decode(encode(image, "png"), "alpha").rgb()).containsExactly(
                -1, -1, -1,
                (byte) (int) ((1 - a) * 255 + a * 16), (byte) (int) ((1 - a) * 255 + a * 32), (byte) (int) ((1 - a) * 255 + a * 48),
                16, 32, 48);
    }

    @Test
    void cmykJpegIsReadInColour() throws IOException {
        Picture picture = PictureReader.decode(resource("cmyk.jpg"), "cmyk");
        assertThat(picture).hasToString("Picture 24 x 16");
        assertThat(picture.at(4, 8, 0)).as("red of the left half").isGreaterThan(170);
        assertThat(picture.at(4, 8, 1)).as("green of the left half").isLessThan(90);
        assertThat(picture.at(20, 8, 2)).as("blue of the right half").isGreaterThan(120);
        assertThat(picture.at(20, 8, 0)).as("red of the right half").isLessThan(90);
    }

    @ParameterizedTest
    @ValueSource(strings = {"photo.webp", "palette.gif", "animated.gif", "animated.webp", "photo.bmp", "photo.tiff"})
    void otherKinds(String name) throws IOException {
        Picture picture = PictureReader.decode(resource(name), name);
        assertThat(picture).hasToString("Picture 24 x 16");
        assertThat(picture.at(2, 2, 0)).isGreaterThan(150);
        assertThat(picture.at(21, 13, 2)).isGreaterThan(150);
    }

    /** The decoder would make a picture of that many bytes a pixel. */
    @Test
    void samplesThatCostMemoryAreRefused() throws IOException {
        byte[] tiff = resource("photo.tiff");
        assertThat(field(tiff, 277, 512)).as("the file has SamplesPerPixel").isTrue();
        assertThatThrownBy(() -> PictureReader.decode(tiff, "deep.tiff")).isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("deep.tiff: its header says 512 samples a pixel");
    }

    /** The decoder would make tables of 2^depth numbers: 64 MB for three bytes of this file. */
    @ParameterizedTest
    @CsvSource({"0", "17", "24", "31", "33", "63"})
    void depthsThatCostMemoryAreRefused(int depth) throws IOException {
        byte[] tiff = resource("photo.tiff");
        assertThat(field(tiff, 258, depth)).as("the file has BitsPerSample").isTrue();
        assertThatThrownBy(() -> PictureReader.decode(tiff, "deep.tiff")).isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("deep.tiff: its header says " + depth + " bits a sample");
    }

    /** Sets a field of 16-bit numbers in the first directory, of several the second; false when there is none. */
    private static boolean field(byte[] tiff, int tag, int value) {
        ByteBuffer in = ByteBuffer.wrap(tiff).order(tiff[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = in.getInt(4);
        boolean found = false;
        for (int i = 0; i < in.getShort(directory); i++) {
            int entry = directory + 2 + 12 * i;
            if (in.getShort(entry) == tag) {
                found = true;
                in.putShort(in.getInt(entry + 4) > 2 ? in.getInt(entry + 8) + 2 : entry + 8, (short) value);
            }
        }
        return found;
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "4", "5", "6", "7", "8"})
    void exifOrientationIsHonoured(int orientation) throws IOException {
        Picture upright = PictureReader.decode(resource("exif1.jpg"), "upright");
        Picture turned = PictureReader.decode(resource("exif" + orientation + ".jpg"), "turned");
        assertThat(turned).hasToString("Picture 24 x 16");
        for (int[] at : new int[][] {{2, 2}, {21, 2}, {2, 13}, {21, 13}}) {
            for (int c = 0; c < 3; c++) {
                assertThat(Math.abs(turned.at(at[0], at[1], c) - upright.at(at[0], at[1], c))).isLessThan(30);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "20000, 10", "1, 500"})
    void oddShapes(int width, int height) {
        Picture picture = Picture.filled(width, height, 0x204060);
        assertThat(PictureReader.decode(PictureWriter.png(picture), "odd")).isEqualTo(picture);
        assertThat(CentreCrop.square(picture, 16)).isEqualTo(Picture.filled(16, 16, 0x204060));
    }

    @Test
    void enormousHeaders() {
        refused(pngHeader(100_000, 100_000), "100000 x 100000", "limit");
        refused(pngHeader(0x7FFFFFFF, 0x7FFFFFFF), "limit");
        refused(pngHeader(0, 5));
        ByteBuffer bmp = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        bmp.put((byte) 'B').put((byte) 'M').putInt(64).putInt(0).putInt(54).putInt(40).putInt(90_000).putInt(90_000).putShort((short) 1).putShort((short) 24);
        refused(bmp.array());
    }

    /** A PNG whose header is right but for its claim, and whose data is three bytes. */
    private static byte[] pngHeader(int width, int height) {
        ByteBuffer png = ByteBuffer.allocate(8 + 25 + 15 + 12);
        png.putLong(0x89504E470D0A1A0AL);
        ByteBuffer header = ByteBuffer.allocate(17).put("IHDR".getBytes(StandardCharsets.US_ASCII)).putInt(width).putInt(height)
                .put(new byte[] {8, 2, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(header.array());
        png.putInt(13).put(header.array()).putInt((int) crc.getValue());
        png.putInt(3).put("IDAT".getBytes(StandardCharsets.US_ASCII)).put(new byte[7]);
        png.putInt(0).put("IEND".getBytes(StandardCharsets.US_ASCII)).putInt(0xAE426082);
        return png.array();
    }

    @Test
    void notPictures() throws IOException {
        refused(new byte[0], "empty");
        refused("hello, this is text".getBytes(StandardCharsets.UTF_8), "not a picture");
        refused(new byte[1000], "not a picture");
        assertThatThrownBy(() -> PictureReader.read(folder)).isInstanceOf(InvalidInput.class).hasMessageContaining("folder");
        assertThatThrownBy(() -> PictureReader.read(folder.resolve("none.png"))).isInstanceOf(InvalidInput.class).hasMessageContaining("none.png");
    }

    @ParameterizedTest
    @ValueSource(strings = {"exif1.jpg", "cmyk.jpg", "photo.webp", "rgb16.png", "photo.tiff", "photo.bmp"})
    void truncatedFiles(String name) throws IOException {
        byte[] whole = resource(name);
        int parts = name.equals("rgb16.png") ? 7 : 10;   // the last fifth of so small a PNG holds no pixels
        for (int part = 1; part < parts; part++) {
            int length = whole.length * part / 10;
            refused(Arrays.copyOf(whole, length));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exif6.jpg", "cmyk.jpg", "photo.webp", "rgb16.png", "photo.tiff", "photo.bmp", "animated.gif", "animated.webp"})
    void damagedFilesAreReadOrRefusedButNothingElse(String name) throws IOException {
        byte[] whole = resource(name);
        long seed = 11;
        Philox random = new Philox(seed, name.hashCode());
        for (int trial = 0; trial < 150; trial++) {
            byte[] bytes = whole.clone();
            for (int i = 0; i <= random.nextInt(6); i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(PictureReader.decode(bytes, name)).isNotNull();
            } catch (InvalidInput e) {
                assertThat(e.getMessage().lines()).as("seed %d trial %d", seed, trial).hasSize(1);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + " trial " + trial + " " + Base64.getEncoder().encodeToString(bytes), e);
            }
        }
    }

    @Test
    void aPackedBmpMayNotClaimMoreThanItsFile() throws IOException {
        ByteBuffer bmp = ByteBuffer.wrap(encode(new BufferedImage(5, 3, BufferedImage.TYPE_INT_RGB), "bmp")).order(ByteOrder.LITTLE_ENDIAN);
        bmp.putInt(34, 1 << 27);
        assertThat(PictureReader.decode(bmp.array(), "plain.bmp").width()).as("the size of plain pixels is not believed, nor needed").isEqualTo(5);
        for (int compression : new int[] {1, 2, 4, 5}) {
            bmp.putInt(30, compression);
            assertThatThrownBy(() -> PictureReader.decode(bmp.array(), "packed.bmp")).as("compression %d", compression).isInstanceOf(InvalidInput.class)
                    .hasMessageStartingWith("packed.bmp: its header says 134217728 bytes of pixels (biSizeImage)");
        }
    }
}
