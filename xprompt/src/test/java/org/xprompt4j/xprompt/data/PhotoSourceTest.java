package org.xprompt4j.xprompt.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.PhotoFolder.Stored;
import org.xprompt4j.xprompt.picture.AreaShrink;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureWriter;

class PhotoSourceTest {
    /** The photographs of the repository, seen from the module's folder. */
    static final Path REPOSITORY = Path.of("photos");

    @TempDir
    Path folder;

    private static Picture picture(int i) {
        Philox random = new Philox(9, i);
        byte[] rgb = new byte[3 * 20 * (15 + i)];
        for (int k = 0; k < rgb.length; k++) {
            rgb[k] = (byte) random.nextInt();
        }
        return new Picture(20, 15 + i, rgb);
    }

    private static Photo photo(int i, Picture picture) {
        byte[] png = PictureWriter.png(picture);
        return new Photo("p:" + i, "p 1.0", "dir/" + i + ".png", "A \"B\" ü", "CC0-1.0", "https://example.org/" + i, Sha256.hex(png), "g" + i,
                Split.values()[i % 3], "a caption", picture.width(), picture.height());
    }

    private Path pack() {
        List<Photo> photos = new ArrayList<>();
        List<byte[]> encoded = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            photos.add(photo(i, picture(i)));
            encoded.add(PictureWriter.png(picture(i)));
        }
        Path file = folder.resolve(PhotoPack.FILE_NAME);
        PhotoPack.write(file, photos, encoded);
        return file;
    }

    @Test
    void aPackGivesBackWhatWasPutIn() {
        pack();
        PhotoSource source = PhotoSource.open(folder);
        assertThat(source.size()).isEqualTo(5);
        for (int i = 0; i < 5; i++) {
            assertThat(source.picture(i)).isEqualTo(picture(i));
            assertThat(source.photo(i)).isEqualTo(photo(i, picture(i)));
        }
        assertThat(source.indices(Split.TEST)).containsExactly(2);
        assertThat(source.fingerprint()).hasSize(64).isEqualTo(PhotoSource.open(pack()).fingerprint());
    }

    @Test
    void aDamagedPackDoesNotOpen() throws IOException {
        byte[] whole = Files.readAllBytes(pack());
        Path file = folder.resolve("bad.pack");
        Philox random = new Philox(2, 2);
        for (int trial = 0; trial < 60; trial++) {
            byte[] bytes = whole.clone();
            int at = trial < 20 ? trial : random.nextInt(bytes.length);
            bytes[at] ^= (byte) (1 + random.nextInt(255));
            Files.write(file, trial % 3 == 0 ? Arrays.copyOf(whole, at) : bytes);
            assertThatThrownBy(() -> PhotoPack.open(file)).as("byte %d", at).isInstanceOf(InvalidInput.class).hasMessageContaining("bad.pack");
        }
        assertThatThrownBy(() -> PhotoPack.open(folder.resolve("none"))).isInstanceOf(InvalidInput.class);
    }

    @Test
    void aPackThatLiesAboutSizesIsRefused() {
        Photo honest = photo(0, picture(0));
        Path file = folder.resolve("lie.pack");
        PhotoPack.write(file, List.of(honest.withSize(21, 15)), List.of(PictureWriter.png(picture(0))));
        assertThatThrownBy(() -> PhotoPack.open(file).picture(0)).isInstanceOf(InvalidInput.class).hasMessageContaining("21 x 15");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"file\":\"../x.png\"", "\"file\":\"/etc/passwd\"", "\"file\":7", "\"file\":\"\""})
    void aFolderCannotPointOutside(String field) throws IOException {
        PhotoFolder.write(folder, List.of(new Stored(photo(0, picture(0)), "x.png", PictureWriter.png(picture(0)))));
        assertThat(PhotoSource.open(folder).picture(0)).isEqualTo(picture(0));
        Path manifest = folder.resolve(Manifest.FILE_NAME);
        Files.writeString(manifest, Files.readString(manifest).replace("\"file\":\"x.png\"", field));
        assertThatThrownBy(() -> PhotoSource.open(folder)).isInstanceOf(InvalidInput.class).hasMessageContaining("photos[0].file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"format\": 2}", "{\"format\": 1, \"photos\": []}", "{\"format\": 1, \"photos\": [{}]}", "{\"format\": 1, \"photos\": 5}"})
    void aWrongManifestIsNamed(String json) {
        assertThatThrownBy(() -> Manifest.read(json.getBytes(StandardCharsets.UTF_8), "m.json")).isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("m.json: ");
    }

    @Test
    void nothingThereSaysWhatToDo() {
        assertThatThrownBy(() -> PhotoSource.open(folder)).isInstanceOf(InvalidInput.class).hasMessageContaining("xp data prepare");
    }

    @Test
    void theSplitIsAFunctionOfTheGroup() {
        Map<Split, Integer> counts = new HashMap<>();
        for (int i = 0; i < 4000; i++) {
            counts.merge(Split.ofGroup("group" + i), 1, Integer::sum);
        }
        assertThat(counts.get(Split.TEST)).isBetween(500, 700);
        assertThat(counts.get(Split.VALIDATION)).isBetween(150, 250);
        assertThat(Split.ofGroup("windmill9")).isEqualTo(Split.TRAIN);
    }

    @Test
    void copiesAreFoundBySmallChanges() {
        Picture large = AreaShrink.resize(new Picture(200, 160, Arrays.copyOf(bigPicture(), 3 * 200 * 160)), 100, 80);
        Picture small = AreaShrink.resize(large, 70, 60);
        assertThat(DifferenceHash.distance(DifferenceHash.of(large), DifferenceHash.of(small))).isLessThanOrEqualTo(4);
        Photo one = photo(0, picture(0));
        Photo two = photo(1, picture(1));
        DuplicateCheck check = new DuplicateCheck(Set.of());
        check.add(one, large);
        check.add(two, small);
        assertThatThrownBy(check::finish).isInstanceOf(InvalidInput.class).hasMessageContaining("p:0 | p:1");
        DuplicateCheck listed = new DuplicateCheck(Set.of("p:0 | p:1"));
        listed.add(one, large);
        listed.add(two, small);
        listed.finish();
    }

    private static byte[] bigPicture() {
        byte[] rgb = new byte[3 * 200 * 160];
        for (int i = 0; i < rgb.length; i++) {
            int x = i / 3 % 200;
            int y = i / 600;
            rgb[i] = (byte) (127 + 100 * Math.sin(x * 0.09 + i % 3) * Math.cos(y * 0.07));
        }
        return rgb;
    }

    @Test
    void theRepositorysPhotographsAreWhole() throws IOException {
        PhotoSource source = PhotoSource.open(REPOSITORY);
        assertThat(source.indices(Split.TEST)).hasSize(16);
        assertThat(source.indices(Split.TRAIN)).hasSize(60);
        String notice = Files.readString(Path.of("../NOTICE"));
        for (int i = 0; i < source.size(); i++) {
            Photo photo = source.photo(i);
            assertThat(Math.min(source.picture(i).width(), source.picture(i).height())).isGreaterThanOrEqualTo(192);
            assertThat(notice).contains(photo.author()).contains(photo.source());
            assertThat(CreditReadme.tierA(photo.licence()) || photo.licence().matches("BSD-3-Clause|no known copyright restrictions")).as(photo.id()).isTrue();
        }
        for (int i : source.indices(Split.TRAIN)) {
            for (int j : source.indices(Split.TEST)) {
                assertThat(source.photo(i).group()).isNotEqualTo(source.photo(j).group());
            }
        }
    }

    @Test
    void cropsAreFunctionsOfSeedPhotographAndNumber() {
        PhotoSource source = PhotoSource.open(REPOSITORY);
        int photo = source.indices(Split.TRAIN)[7];
        Picture crop = Crops.draw(source, photo, 3, 64, 5);
        assertThat(crop).hasToString("Picture 64 x 64").isEqualTo(Crops.draw(PhotoSource.open(REPOSITORY), photo, 3, 64, 5));
        assertThat(crop).isNotEqualTo(Crops.draw(source, photo, 4, 64, 5)).isNotEqualTo(Crops.draw(source, photo, 3, 64, 6));
        assertThat(Crops.draw(source, photo, 0, 500, 1)).hasToString("Picture 500 x 500");
    }
}
