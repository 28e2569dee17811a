package org.xprompt4j.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.xprompt.picture.PictureReader;

/** {@code xp data show} and {@code xp data sprites}: what they draw, say and refuse. */
class DataCommandsTest {
    private static final String SPRITES = Path.of("..", "xprompt", "sprites").toString();

    @TempDir
    Path dir;

    private XpCall xp;

    @BeforeEach
    void photographs() throws IOException {
        xp = new XpCall(dir);
        PaintedPhotos.folder(dir.resolve("photos"));
    }

    /** A good call; options that are given replace its own. */
    private List<String> show(String task, String... more) {
        Map<String, String> options = new LinkedHashMap<>(Map.of("--photos", dir.resolve("photos").toString(), "--sprites", SPRITES,
                "--out", dir.resolve(task + ".png").toString(), "--rows", "3", "--size", "32"));
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        List<String> args = new ArrayList<>(List.of("data", "show", "--task", task, "--json"));
        options.forEach((option, value) -> args.addAll(List.of(option, value)));
        return args;
    }

    private Json json(List<String> args) {
        return xp.run(args.toArray(String[]::new)).done().json();
    }

    @Test
    void anEditIsShownWithItsWords() throws IOException {
        Json shown = json(show("recolour"));
        assertThat(shown.string("group")).isEqualTo("edit");
        assertThat(PictureReader.read(dir.resolve("recolour.png")).height()).isGreaterThan(3 * 128);
        List<Json> rows = shown.get("rows").elements();
        assertThat(rows).hasSize(3);
        for (Json row : rows) {
            String colour = row.get("attributes").string("colour");
            assertThat(row.string("instruction")).contains(colour);
            assertThat(row.string("difference")).contains(colour);
        }
        byte[] first = Files.readAllBytes(dir.resolve("recolour.png"));
        json(show("recolour"));
        assertThat(Files.readAllBytes(dir.resolve("recolour.png"))).as("the same numbers, the same sheet").isEqualTo(first);
        json(show("recolour", "--seed", "1"));
        assertThat(Files.readAllBytes(dir.resolve("recolour.png"))).isNotEqualTo(first);
        json(show("recolour", "--split", "test"));
        assertThat(Files.readAllBytes(dir.resolve("recolour.png"))).isNotEqualTo(first);
    }

    @Test
    void aTaskOfToneNeedsNoDrawings() {
        assertThat(json(show("duotone", "--sprites", dir.resolve("none").toString())).get("rows").elements()).hasSize(3);
        assertThat(dir.resolve("duotone.png")).exists();
    }

    @Test
    void whatCannotBeShownIsRefused() {
        xp.refuses(show("recolor"), "--task", "no task \"recolor\"", "duotone", "recolour");
        xp.refuses(show("add", "--rows", "0"), "--rows", "1 to 64");
        xp.refuses(show("add", "--size", "1000"), "--size", "16 to 256");
        xp.refuses(show("add", "--sprites", dir.resolve("none").toString()), "holds no sprites", "xp data sprites");
        xp.refuses(show("add", "--split", "all"), "--split");
        xp.refuses(List.of("data", "show", "--out", dir.resolve("x.png").toString()), "--task");
        xp.refuses(List.of("data", "sprites"), "--out");
        xp.refuses(List.of("data"), "prepare, sprites or show");
    }
}
