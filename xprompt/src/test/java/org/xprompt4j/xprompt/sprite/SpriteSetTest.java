package org.xprompt4j.xprompt.sprite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.data.Sha256;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureWriter;

/** The set in the repository, and sets that are not whole. */
class SpriteSetTest {
    private static final Path REPOSITORY = Path.of("sprites");
    private static final SpriteSet SET = SpriteSet.open(REPOSITORY);

    @TempDir
    Path folder;

    private Path copy() throws IOException {
        for (String file : List.of("sprites.json", "flat.png", "modern.png", "line.png", "solid.png")) {
            Files.copy(REPOSITORY.resolve(file), folder.resolve(file));
        }
        return folder;
    }

    @Test
    void theRepositorysSetIsWhole() throws IOException {
        assertThat(SET.names()).hasSize(155).doesNotHaveDuplicates().contains("apple", "owl", "guitar", "bicycle");
        assertThat(SET.names()).isEqualTo(MotifList.load().stream().map(MotifList.Entry::name).toList());
        for (String name : SET.names()) {
            Set<Integer> drawings = new HashSet<>();
            for (DrawingStyle style : DrawingStyle.values()) {
                Sprite tile = SET.tile(name, style);
                Sprite drawn = tile.trimmed();
                assertThat(Math.max(drawn.width(), drawn.height())).as("%s, %s", name, style).isGreaterThan(40);
                assertThat(coincides(tile, SET.tile(name, DrawingStyle.FLAT))).as("%s, %s over flat", name, style).isGreaterThan(0.6);
                drawings.add(Arrays.hashCode(tile.rgba()));
            }
            assertThat(drawings).hasSize(4);
        }
        assertThat(Files.readString(Path.of("../NOTICE"))).contains("xprompt/sprites").contains("Fluent emoji").contains("MIT");
        assertThat(Files.readString(REPOSITORY.resolve("LICENSE"))).contains("Microsoft");
    }

    /** What two drawings cover both, of what any of them covers. */
    private static double coincides(Sprite a, Sprite b) {
        int both = 0;
        int any = 0;
        for (int i = 3; i < a.rgba().length; i += 4) {
            both += a.rgba()[i] > 0.5f && b.rgba()[i] > 0.5f ? 1 : 0;
            any += a.rgba()[i] > 0.5f || b.rgba()[i] > 0.5f ? 1 : 0;
        }
        return (double) both / any;
    }

    @Test
    void aMotifIsOnOneSideOfTheSplitInAllDrawings() {
        List<String> test = SET.names(Split.TEST);
        List<String> train = SET.names(Split.TRAIN);
        assertThat(test).hasSizeBetween(16, 32).doesNotContainAnyElementsOf(train).contains("dog", "banana", "trumpet");
        assertThat(test.size() + train.size() + SET.names(Split.VALIDATION).size()).isEqualTo(155);
        assertThat(test).allMatch(name -> Split.ofGroup("sprite:" + name) == Split.TEST);
    }

    @Test
    void sheetsThatAreNotTheListedOnesAreRefused() throws IOException {
        assertThatThrownBy(() -> SpriteSet.open(folder)).isInstanceOf(InvalidInput.class).hasMessageContaining("holds no sprites");
        copy();
        assertThat(SpriteSet.open(folder).fingerprint()).isEqualTo(SET.fingerprint());
        byte[] line = Files.readAllBytes(folder.resolve("line.png"));
        line[line.length / 2] ^= 1;
        Files.write(folder.resolve("line.png"), line);
        assertThatThrownBy(() -> SpriteSet.open(folder)).isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith(folder.resolve("line.png") + ": is not the sheet that sprites.json describes");
        Files.delete(folder.resolve("flat.png"));
        assertThatThrownBy(() -> SpriteSet.open(folder)).isInstanceOf(InvalidInput.class).hasMessageContaining("flat.png: there is no such file");
        assertThatThrownBy(() -> SET.tile("ow", DrawingStyle.FLAT)).isInstanceOf(InvalidInput.class).hasMessageContaining("no sprite \"ow\"");
    }

    /** The hash put right, so that what is behind it is looked at. */
    @Test
    void sheetsOfAnotherSizeOrWithHolesAreRefused() throws IOException {
        copy();
        replaceSolid(PictureWriter.png(Picture.filled(1024, 576, 0x808080)));
        assertThatThrownBy(() -> SpriteSet.open(folder)).isInstanceOf(InvalidInput.class).hasMessageContaining("solid.png: is 1024 x 576 pixels, sprites.json says 1024 x 640");
        replaceSolid(PictureWriter.png(new BufferedImage(1024, 640, BufferedImage.TYPE_INT_ARGB)));
        assertThatThrownBy(() -> SpriteSet.open(folder)).isInstanceOf(InvalidInput.class).hasMessageContaining("solid.png: the tile of \"monkey\" is empty");
        replaceSolid(PictureWriter.png(Picture.filled(2048, 640, 0x808080)));
        assertThatThrownBy(() -> SpriteSet.open(folder)).isInstanceOf(InvalidInput.class).hasMessageContaining("more than the limit of 655360");
        replaceSolid("no picture".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> SpriteSet.open(folder)).isInstanceOf(InvalidInput.class).hasMessageContaining("solid.png: is not a picture");
    }

    private void replaceSolid(byte[] bytes) throws IOException {
        Files.write(folder.resolve("solid.png"), bytes);
        String list = Files.readString(REPOSITORY.resolve("sprites.json"));
        Files.writeString(folder.resolve("sprites.json"),
                list.replaceFirst("(\"solid\" : \")[0-9a-f]{64}", "$1" + Sha256.hex(bytes)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "\"format\" : 1|\"format\" : 2|format must be 1, is 2",
        "\"tile\" : 64|\"tile\" : 4000|tile must be 8 to 64, is 4000",
        "\"columns\" : 16|\"columns\" : 0|columns must be 1 to 64, is 0",
        "\"name\" : \"owl\"|\"name\" : \"dog\"|motifs must name each motif once",
        "\"name\" : \"owl\"|\"name\" : \"../owl\"|field motifs[32]: name must be one to three words",
        "\"licence\" : \"MIT\",||field licence: this field is missing",
        "\"sha256\" : \"ec|\"sha256\" : \"x|field packages[0]: sha256 must be 64",
        "\"modern\" : \"|\"moderne\" : \"|sheets must give for modern"})
    void listsThatMakeNoSenseAreRefused(String from, String to, String complaint) throws IOException {
        copy();
        String list = Files.readString(folder.resolve("sprites.json"));
        assertThat(list).contains(from);
        Files.writeString(folder.resolve("sprites.json"), list.replaceFirst(Pattern.quote(from), to == null ? "" : to));
        assertThatThrownBy(() -> SpriteSet.open(folder)).isInstanceOf(InvalidInput.class).hasMessageStartingWith(folder.resolve("sprites.json").toString())
                .hasMessageContaining(complaint).satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    @Test
    void shrinkingKeepsTheLightAndNotTheColourOfInvisiblePixels() {
        Sprite two = Sprite.of(2, 1, new int[] {0xFFFF0000, 0x0000FF00});
        Sprite one = two.resized(1, 1);
        assertThat(one.rgba()).containsExactly(0.5f, 0, 0, 0.5f);
        assertThat(one.argb()).containsExactly(0x80FF0000);
        assertThat(Sprite.of(2, 1, new int[] {0xFFFFFFFF, 0xFF000000}).resized(1, 1).argb()).as("half of the light").containsExactly(0xFFBCBCBC);
        assertThat(Sprite.of(3, 2, new int[] {0, 0, 0, 0, 0xFF010203, 0}).trimmed().argb()).containsExactly(0xFF010203);
        assertThat(SET.tile("owl", DrawingStyle.SOLID).trimmed().withLongerSide(30)).satisfies(s -> assertThat(Math.max(s.width(), s.height())).isEqualTo(30));
    }
}
