package org.xprompt4j.tests.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureReader;
import org.xprompt4j.xprompt.picture.PictureWriter;

/** Files made to harm: bombs, cut files, things that are no files. All are refused in one line, in little memory and time. */
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostilePictureTest {
    private static final byte[] BOMB = PngBytes.deflated(new byte[48_000_000]); // 47 kB, packed
    private static final long LITTLE = 24 << 20; // heap that a refusal may take

    @TempDir
    private Path folder;

    private static void refused(byte[] bytes, String... words) {
        assertThatThrownBy(() -> PictureReader.decode(bytes, "bad.file")).isInstanceOf(InvalidInput.class).hasMessageStartingWith("bad.file: ")
                .hasMessageContainingAll(words).satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    private static long heapOf(Runnable work) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        work.run(); // loads what must be loaded
        long before = threads.getCurrentThreadAllocatedBytes();
        work.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @ParameterizedTest
    @CsvSource({"60000, 60000, limit", "8000, 8000, cannot hold them", "2147483647, 1, limit", "1, 2147483647, limit"})
    void headersThatPromiseTooMuch(int width, int height, String words) {
        byte[] png = new PngBytes(width, height, 8, PngBytes.RGB, false).pixels(0, 1, 2, 3).end();
        assertThat(heapOf(() -> refused(png, words))).as("heap taken").isLessThan(LITTLE);
    }

    @ParameterizedTest
    @CsvSource({"zTXt", "iTXt", "iCCP", "eXIf", "sPLT"})
    void packedTextAndProfilesAreNotUnpacked(String chunk) {
        byte[] head = chunk.equals("iTXt") ? PngBytes.bytes('a', 0, 1, 0, 0, 0) : PngBytes.bytes('a', 0, 0);
        byte[] data = Arrays.copyOf(head, head.length + BOMB.length);
        System.arraycopy(BOMB, 0, data, head.length, BOMB.length);
        byte[] png = new PngBytes(1, 1, 8, PngBytes.RGB, false).chunk(chunk, data).pixels(0, 10, 20, 30).end();
        assertThat(heapOf(() -> assertThat(PictureReader.decode(png, "text")).isEqualTo(Picture.filled(1, 1, 0x0A141E)))).as("heap taken").isLessThan(LITTLE);
    }

    @Test
    void pixelDataIsUnpackedOnlyAsFarAsThePictureGoes() {
        byte[] png = new PngBytes(2, 1, 8, PngBytes.GREY, false).chunk("IDAT", BOMB).end();
        assertThat(heapOf(() -> assertThat(PictureReader.decode(png, "data")).isEqualTo(Picture.filled(2, 1, 0)))).as("heap taken").isLessThan(LITTLE);
    }

    @Test
    void chunkLengthsThatLie() {
        for (int length : new int[] {0x7FFFFFFF, 0x80000000, -1}) {
            byte[] png = new PngBytes(2, 2, 8, PngBytes.GREY, false).pixels(0, 1, 2, 0, 3, 4).end();
            ByteBuffer.wrap(png).putInt(33, length);
            assertThat(heapOf(() -> {
                try {
                    assertThat(PictureReader.decode(png, "bad.file")).hasToString("Picture 2 x 2");
                } catch (InvalidInput e) {
                    assertThat(e.getMessage().lines()).hasSize(1);
                }
            })).as("heap taken").isLessThan(LITTLE);
        }
    }

    @ParameterizedTest
    @CsvSource({"exif1.jpg", "cmyk.jpg", "photo.webp", "rgb16.png", "photo.tiff", "photo.bmp", "palette.gif", "animated.gif", "animated.webp"})
    void aFileCutAnywhereGivesTheWholePictureOrNone(String name) throws IOException {
        byte[] whole = Files.readAllBytes(Path.of("../xprompt/src/test/resources/picture", name));
        Picture right = PictureReader.decode(whole, name);
        for (int part = 0; part < 16; part++) {
            byte[] cut = Arrays.copyOf(whole, whole.length * part / 16);
            try {
                assertThat(PictureReader.decode(cut, name)).as("%s cut to %d of %d bytes", name, cut.length, whole.length).isEqualTo(right);
            } catch (InvalidInput e) {
                assertThat(e.getMessage()).startsWith(name + ": ");
                assertThat(e.getMessage().lines()).hasSize(1);
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void thingsThatAreNoFiles() throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe.png");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        Path loop = Files.createSymbolicLink(folder.resolve("loop.png"), folder.resolve("loop.png"));
        Path empty = Files.createFile(folder.resolve("empty.png"));
        for (Path path : new Path[] {pipe, loop, folder, Path.of("/dev/zero"), empty, folder.resolve("no\nfile.png")}) {
            assertThatThrownBy(() -> PictureReader.read(path)).isInstanceOf(InvalidInput.class).hasMessageContaining(path.toString().lines().findFirst().orElseThrow());
        }
    }

    @Test
    void theNameDoesNotDecideTheKind() throws IOException {
        Picture picture = Picture.filled(5, 4, 0x336699);
        Path lies = Files.write(folder.resolve("a.jpg"), PictureWriter.png(picture));
        assertThat(PictureReader.read(lies)).isEqualTo(picture);
    }
}
