package org.xprompt4j.tests.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.xprompt4j.xprompt.sprite.DrawingStyle;
import org.xprompt4j.xprompt.sprite.SpriteSet;

/** The list of a set of sprites, beside four sheets that hold two tiles of 8 x 8; every tile of what is read is looked up. */
@Tag("fuzz")
class SpritesFuzzTest {
    /** SHA-256 of the sheets, which a list must give. */
    static final String HASH = "4db25a6ff08151b6c0191e67eaac5f66402c2ee1cddaa4d2743da7674e0bff57";
    private static final byte[] SHEET = Base64.getDecoder().decode("iVBORw0KGgoAAAANSUhEUgAAABAAAAAICAYAAADwdn+XAAAAGklEQVR4XmP4z8DwHx8GwgYCGFPTqAFDzQAAuETfQU8uldMAAAAASUVORK5CYII=");
    private static final Guard GUARD = new Guard(SpriteSet.MANIFEST, 1 << 20, 600);

    static {
        for (DrawingStyle style : DrawingStyle.values()) {
            GUARD.put(style.name().toLowerCase(Locale.ROOT) + ".png", SHEET);
        }
    }

    @FuzzTest
    @DictionaryEntries({"\"format\" : 1", "\"tile\" : 8", "\"columns\" : 2", "\"columns\" : 64", "\"motifs\" : [", "\"packages\" : [", "\"sheets\" : {",
        "\"name\" : \"an owl\"", "\"sha256\" : ", "\"4db25a6ff08151b6c0191e67eaac5f66402c2ee1cddaa4d2743da7674e0bff57\"", "null"})
    void open(byte[] input) {
        GUARD.put(SpriteSet.MANIFEST, input);
        GUARD.check(input, GUARD.folder().toString(), () -> SpriteSet.open(GUARD.folder()), set -> {
            for (String name : set.names()) {
                for (DrawingStyle style : DrawingStyle.values()) {
                    if (set.tile(name, style).width() != set.tile() || set.tile(name, style).isEmpty()) {
                        throw new AssertionError("the tile of " + name + ", " + style + " is not what was checked");
                    }
                }
            }
            if (!set.fingerprint().equals(SpriteSet.open(GUARD.folder()).fingerprint())) {
                throw new AssertionError("the same files have two fingerprints");
            }
        });
    }
}
