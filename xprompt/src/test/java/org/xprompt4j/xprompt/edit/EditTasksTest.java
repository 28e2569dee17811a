package org.xprompt4j.xprompt.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Crops;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.picture.LinearLight;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.sprite.DrawingStyle;
import org.xprompt4j.xprompt.sprite.Sprite;
import org.xprompt4j.xprompt.sprite.SpriteSet;
import org.xprompt4j.xprompt.task.Reversed;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.task.TaskRegistry;
import org.xprompt4j.xprompt.wording.ColourNames;
import org.xprompt4j.xprompt.wording.SpriteWords;
import org.xprompt4j.xprompt.wording.Wording;

/** The edits with the repository's drawings and photographs. */
class EditTasksTest {
    private static final SpriteSet SET = SpriteSet.open(Path.of("sprites"));
    private static final PhotoSource PHOTOS = PhotoSource.open(Path.of("photos"));
    private static final int SIDE = 64;
    private static final int PROMPTS = 40;

    static Stream<Task> tasks() {
        return EditTasks.of(SET, Split.TRAIN).stream();
    }

    private static Picture photo(int i) {
        return Crops.draw(PHOTOS, PHOTOS.indices(Split.TRAIN)[i], 1, SIDE, 2);
    }

    /** With the mask; a reversed task's forward one. */
    private static Edit edit(Task task, int prompt) {
        Task forward = task instanceof Reversed reversed ? reversed.task() : task;
        return (Edit) forward.draw(Draws.of(4, "prompt", prompt));
    }

    @Test
    void theSixEditsHaveNamesOfTheirOwn() {
        assertThat(tasks().map(Task::name)).containsExactly("add", "remove", "replace", "recolour", "move", "style")
                .doesNotContainAnyElementsOf(TaskRegistry.all().stream().map(Task::name).toList());
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void picturesAreEqualOutsideOfTheMaskAndDifferInside(Task task) {
        for (int prompt = 0; prompt < PROMPTS; prompt++) {
            EditedPair made = edit(task, prompt).edit(photo(prompt), Draws.of(4, "picture", prompt));
            byte[] before = made.pair().input().rgb();
            byte[] after = made.pair().output().rgb();
            int inside = 0;
            int different = 0;
            for (int i = 0; i < made.mask().length; i++) {
                boolean same = before[3 * i] == after[3 * i] && before[3 * i + 1] == after[3 * i + 1] && before[3 * i + 2] == after[3 * i + 2];
                assertThat(same || made.mask()[i]).as("prompt %d, pixel %d", prompt, i).isTrue();
                inside += made.mask()[i] ? 1 : 0;
                different += same ? 0 : 1;
            }
            assertThat(inside).as("prompt %d", prompt).isLessThan(made.mask().length);
            assertThat(different).as("prompt %d", prompt).isGreaterThan(SIDE); // a thin drawing of 22 pixels changes as many
        }
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void theSameNumbersMakeTheSamePairs(Task task) {
        Task again = EditTasks.of(SpriteSet.open(Path.of("sprites")), Split.TRAIN).stream().filter(t -> t.name().equals(task.name())).findFirst().orElseThrow();
        Set<Task.Pair> pairs = new HashSet<>();
        for (int prompt = 0; prompt < 8; prompt++) {
            Task.Instance instance = task.draw(new Philox(prompt, 1));
            Task.Pair pair = instance.make(photo(3), new Philox(7, 7));
            instance.make(photo(4), new Philox(7, 8));
            assertThat(instance.make(photo(3), new Philox(7, 7))).isEqualTo(pair);
            assertThat(again.draw(new Philox(prompt, 1)).make(photo(3), new Philox(7, 7))).isEqualTo(pair);
            assertThat(again.draw(new Philox(prompt, 1)).wording()).isEqualTo(instance.wording());
            pairs.add(pair);
        }
        assertThat(pairs).hasSizeGreaterThan(5); // two prompts may ask for the same style
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void oddSizesDoNotFail(Task task) {
        for (int side : new int[] {1, 2, 7, 37, 128}) {
            Task.Pair pair = task.draw(new Philox(side, 2)).make(Picture.filled(side, side, 0x808080), new Philox(2, 2));
            assertThat(pair.output()).hasToString("Picture " + side + " x " + side);
        }
    }

    /** Words name the thing, and the thing that they name is drawn. */
    @ParameterizedTest
    @MethodSource("tasks")
    void motifsOfTestsAreNeverTrainedOn(Task task) {
        int at = tasks().map(Task::name).toList().indexOf(task.name());
        Set<String> trained = named(task);
        Set<String> tested = named(EditTasks.of(SET, Split.TEST).get(at));
        Set<String> validated = named(EditTasks.of(SET, Split.VALIDATION).get(at));
        assertThat(trained).isEqualTo(validated);
        if (!task.name().equals("style")) { // whose words name no thing
            Set<String> ofTests = new HashSet<>(SET.names(Split.TEST).stream().map(name -> "the " + name).toList());
            assertThat(tested).isNotEmpty().isSubsetOf(ofTests);
            assertThat(trained).hasSizeGreaterThan(80).doesNotContainAnyElementsOf(ofTests);
        }
    }

    private static Set<String> named(Task task) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            Map<String, String> attributes = task.draw(new Philox(i, 3)).wording().attributes();
            for (String slot : List.of("it", "theother")) {
                if (attributes.containsKey(slot)) {
                    names.add(attributes.get(slot));
                }
            }
        }
        return names;
    }

    @Test
    void largeMotifsOfTestsAreNeverTrainedOnEither() {
        Motifs train = new Motifs(SET, Split.TRAIN);
        Motifs test = new Motifs(SET, Split.TEST);
        for (int i = 0; i < 500; i++) {
            assertThat(SET.names(Split.TEST)).contains(test.name(new Philox(i, 0))).doesNotContain(train.name(new Philox(i, 0)));
            Subject subject = train.subject(new Philox(i, 1));
            assertThat(train.other(subject, new Philox(i, 2))).satisfies(o -> assertThat(o.style()).isEqualTo(subject.style()))
                    .satisfies(o -> assertThat(o.name()).isNotEqualTo(subject.name()));
        }
    }

    /** Every phrase is in lower case, and instruction and difference name what makes the edit what it is. */
    @ParameterizedTest
    @MethodSource("tasks")
    void wordsContainTheAttributes(Task task) {
        Map<String, List<String>> needed = Map.of("add", List.of("place"), "remove", List.of("it"), "replace", List.of(), "recolour", List.of("it", "colour"),
                "move", List.of("it", "way"), "style", List.of("style"));
        for (int i = 0; i < 60; i++) {
            Wording wording = task.draw(new Philox(i, 9)).wording();
            for (Split split : List.of(Split.TRAIN, Split.TEST)) {
                String asked = wording.ask(new Philox(i, 1), split);
                String told = wording.tell(new Philox(i, 1), split);
                assertThat(asked + told).isEqualTo((asked + told).toLowerCase()).doesNotContain("{").doesNotContain("  ");
                for (String slot : needed.get(task.name())) {
                    assertThat(asked).contains(wording.attributes().get(slot));
                }
                if (task.name().equals("replace")) {
                    assertThat(asked).contains(wording.attributes().get("it")).contains(wording.attributes().get("other"));
                }
                assertThat(wording.recovered(told, told)).isEqualTo(1);
                assertThat(wording.attributes().values().stream().filter(told::contains)).as(told).isNotEmpty();
            }
        }
    }

    @Test
    void articlesFollowTheSound() {
        assertThat(SpriteWords.object("owl")).isEqualTo("an owl");
        assertThat(SpriteWords.object("unicorn")).isEqualTo("a unicorn");
        assertThat(SpriteWords.object("hourglass")).isEqualTo("an hourglass");
        assertThat(SpriteWords.object("palm tree")).isEqualTo("a palm tree");
    }

    @Test
    void placesAreWhereTheWordsSay() {
        Task add = tasks().findFirst().orElseThrow();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 120; i++) {
            Task.Instance instance = add.draw(new Philox(i, 0));
            String place = instance.wording().attributes().get("place");
            EditedPair made = ((Edit) instance).edit(Picture.filled(SIDE, SIDE, 0x999999), new Philox(0, 0));
            double[] middle = middle(made.mask());
            assertThat(place.contains("left")).as("%s %s", place, middle[0]).isEqualTo(middle[0] < 0.42);
            assertThat(place.contains("right")).as("%s %s", place, middle[0]).isEqualTo(middle[0] > 0.58);
            assertThat(place.contains("top")).as("%s %s", place, middle[1]).isEqualTo(middle[1] < 0.42);
            assertThat(place.contains("bottom")).as("%s %s", place, middle[1]).isEqualTo(middle[1] > 0.58);
            seen.add(place);
        }
        assertThat(seen).hasSize(9);
    }

    /** Of the rectangle around all that is set, as shares of the sides: x, y. */
    private static double[] middle(boolean[] mask) {
        int left = SIDE;
        int right = 0;
        int top = SIDE;
        int bottom = 0;
        for (int i = 0; i < mask.length; i++) {
            if (mask[i]) {
                left = Math.min(left, i % SIDE);
                right = Math.max(right, i % SIDE);
                top = Math.min(top, i / SIDE);
                bottom = Math.max(bottom, i / SIDE);
            }
        }
        return new double[] {(left + right + 1) / 2.0 / SIDE, (top + bottom + 1) / 2.0 / SIDE};
    }

    @Test
    void drawingsAreLargeEnoughForTheCodes() {
        for (int i = 0; i < 100; i++) {
            Sprite sprite = new Motifs(SET, Split.TRAIN).subject(new Philox(i, 0)).drawing();
            int longer = Math.max(sprite.width(), sprite.height());
            Sprite sized = new Subject("x", DrawingStyle.FLAT, sprite).sized(Sizes.any(new Philox(i, 1)), SIDE);
            assertThat(Math.max(sized.width(), sized.height())).isBetween(22, 36).isLessThan(longer);
        }
    }

    @Test
    void aRecolouredThingHasTheColourThatIsNamed() {
        Recolouring recolouring = new Recolouring(new Motifs(SET, Split.TRAIN));
        Set<String> colours = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            Edit edit = recolouring.draw(new Philox(i, 0));
            Task.Pair onBlack = edit.make(Picture.filled(SIDE, SIDE, 0), new Philox(i, 1));
            Task.Pair onWhite = edit.make(Picture.filled(SIDE, SIDE, 0xFFFFFF), new Philox(i, 1));
            String asked = edit.wording().attributes().get("colour");
            colours.add(asked);
            boolean[] recoloured = changed(onBlack.input(), onBlack.output());
            assertThat(ColourNames.of(mean(onBlack.output(), onWhite.output(), recoloured))).as("after, %d", i).isEqualTo(asked);
            assertThat(ColourNames.of(mean(onBlack.input(), onWhite.input(), recoloured))).as("before, %d", i).isNotEqualTo(asked);
        }
        assertThat(colours).hasSize(8);
    }

    /** Mean colour of what was drawn, found from how it looks on black and on white: what white adds is what is not covered. */
    private static float[] mean(Picture onBlack, Picture onWhite, boolean[] where) {
        double[] light = new double[3];
        double[] cover = new double[3];
        for (int i = 0; i < onBlack.rgb().length; i++) {
            if (where[i / 3]) {
                float dark = LinearLight.of(onBlack.rgb()[i] & 255);
                light[i % 3] += dark;
                cover[i % 3] += 1 - LinearLight.of(onWhite.rgb()[i] & 255) + dark;
            }
        }
        float[] mean = new float[3];
        for (int c = 0; c < 3; c++) {
            mean[c] = LinearLight.toSrgb((float) (light[c] / cover[c])) / 255f;
        }
        return mean;
    }

    @Test
    void lightAddsUpAndShadowsTakeLight() {
        Sprite half = new Sprite(1, 1, new float[] {0.5f, 0.5f, 0.5f, 0.5f}); // white, half of it there
        Picture black = Picture.filled(9, 9, 0);
        assertThat(new Canvas(black).draw(half, 4, 4, false).picture().at(4, 4, 0)).as("half of the light").isEqualTo(188);
        Picture grey = Picture.filled(9, 9, 0x808080);
        Picture shaded = new Canvas(grey).draw(half, 4, 4, true).picture();
        assertThat(shaded.at(5, 5, 0)).isLessThan(0x80);
        assertThat(shaded.at(0, 0, 0)).isEqualTo(0x80);
        assertThat(new Canvas(grey).draw(half, -5, 40, true).picture()).as("outside").isEqualTo(grey);
    }

    @Test
    void movesGoTheWayThatIsNamed() {
        Moving moving = new Moving(new Motifs(SET, Split.TRAIN));
        List<String> ways = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Edit edit = moving.draw(new Philox(i, 0));
            Picture ground = Picture.filled(SIDE, SIDE, 0x00FF00);
            Task.Pair pair = edit.make(ground, new Philox(i, 1));
            double[] from = middle(changed(pair.input(), ground));
            double[] to = middle(changed(pair.output(), ground));
            String way = edit.wording().attributes().get("way");
            ways.add(way);
            double step = switch (way) {
                case "to the right" -> to[0] - from[0];
                case "to the left" -> from[0] - to[0];
                case "to the bottom" -> to[1] - from[1];
                default -> from[1] - to[1];
            };
            assertThat(step).as(way).isGreaterThan(0.15);
        }
        assertThat(new HashSet<>(ways)).hasSize(4);
    }

    private static boolean[] changed(Picture picture, Picture ground) {
        boolean[] changed = new boolean[SIDE * SIDE];
        for (int i = 0; i < picture.rgb().length; i++) {
            changed[i / 3] |= picture.rgb()[i] != ground.rgb()[i];
        }
        return changed;
    }

    @Test
    void shadedAndSolidAreNeverTurnedIntoEachOther() {
        Restyling restyling = new Restyling(new Motifs(SET, Split.TRAIN));
        Set<String> turns = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            Map<String, String> said = restyling.draw(new Philox(i, 0)).wording().attributes();
            turns.add(said.get("before") + " > " + said.get("style"));
        }
        assertThat(turns).hasSize(10).doesNotContain("shaded > in 3d", "in 3d > shaded");
        assertThatThrownBy(() -> ColourNames.typical("teal")).hasMessageContaining("'teal' is no colour's name");
    }
}
