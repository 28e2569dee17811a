package org.xprompt4j.tests.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureReader;
import org.xprompt4j.xprompt.picture.PictureWriter;

/** Picture files of all kinds, with a limit of pixels that keeps each input quick; what is read survives the way through a PNG. */
@Tag("fuzz")
class PictureFuzzTest {
    private static final Guard GUARD = new Guard("a.picture", 48 << 20, 100);
    private static final long MOST_PIXELS = 1 << 18;

    @FuzzTest
    void decode(byte[] input) {
        GUARD.check(input, "a.picture", () -> PictureReader.decode(input, "a.picture", MOST_PIXELS), picture -> {
            if ((long) picture.width() * picture.height() > MOST_PIXELS) {
                throw new AssertionError(picture + " is larger than the limit");
            }
            Picture again = PictureReader.decode(PictureWriter.png(picture), "again.png");
            if (!again.equals(picture)) {
                throw new AssertionError(picture + " changed on its way through a PNG");
            }
        });
    }
}
