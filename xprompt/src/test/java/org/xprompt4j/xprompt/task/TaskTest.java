package org.xprompt4j.xprompt.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Crops;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.metric.Psnr;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.Pixels;

/** Every task on photographs of the repository. */
class TaskTest {
    private static final PhotoSource PHOTOS = PhotoSource.open(Path.of("photos"));
    private static final int PHOTO = PHOTOS.indices(Split.TEST)[0];
    private static final int OTHER = PHOTOS.indices(Split.TEST)[5];
    private static final Set<String> WITHOUT_PARAMETERS = Set.of("copy", "grey", "colorise", "mirror", "upside-down", "super-resolution");

    static Stream<Task> tasks() {
        return TaskRegistry.all().stream();
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void aPairIsAFunctionOfItsDraws(Task task) {
        Picture photo = Crops.draw(PHOTOS, PHOTO, 2, 48, 3);
        Task.Pair first = task.draw(Draws.of(3, "parameters", 17)).make(photo, Draws.of(3, "picture", 2));
        task.draw(Draws.of(3, "parameters", 18)).make(photo, Draws.of(3, "picture", 5));
        assertThat(task.draw(Draws.of(3, "parameters", 17)).make(photo, Draws.of(3, "picture", 2))).isEqualTo(first);
        assertThat(first.input()).hasToString("Picture 48 x 48");
        assertThat(first.output()).hasToString("Picture 48 x 48");
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void parametersBelongToThePromptAndNotToThePicture(Task task) {
        Set<Task.Pair> pairs = new HashSet<>();
        Picture photo = PHOTOS.picture(PHOTO).crop(10, 10, 32, 32);
        for (int prompt = 0; prompt < 12; prompt++) {
            Task.Instance instance = task.draw(Draws.of(8, "parameters", prompt));
            Task.Pair pair = instance.make(photo, new Philox(1, 1));
            assertThat(instance.make(photo, new Philox(1, 1))).as("an instance does not change with use").isEqualTo(pair);
            pairs.add(pair);
        }
        assertThat(pairs.size()).as("different prompts").matches(n -> WITHOUT_PARAMETERS.contains(task.name()) ? n == 1 : n > 1);
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void oneSideOfEveryPairIsThePhotograph(Task task) {
        Picture photo = PHOTOS.picture(OTHER).crop(100, 60, 64, 64);
        Task.Pair pair = task.draw(new Philox(5, 5)).make(photo, new Philox(6, 6));
        assertThat(task instanceof Reversed ? pair.output() : pair.input()).isEqualTo(photo);
        if (!task.name().equals("copy")) {
            assertThat(Psnr.of(pair.input(), pair.output())).isLessThan(45);
        }
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void oddSizesAndSinglePixelsDoNotFail(Task task) {
        task.draw(new Philox(1, 2)).make(Picture.filled(1, 1, 0x808080), new Philox(2, 2));
        task.draw(new Philox(1, 2)).make(PHOTOS.picture(PHOTO).crop(0, 0, 37, 37), new Philox(2, 2));
    }

    @Test
    void exactTruths() {
        Picture photo = new Picture(2, 1, new byte[] {10, 20, 30, 40, 50, 60});
        Philox any = new Philox(0, 0);
        assertThat(TaskRegistry.named("mirror").draw(any).make(photo, any).output().rgb()).containsExactly(40, 50, 60, 10, 20, 30);
        assertThat(TaskRegistry.named("upside-down").draw(any).make(photo, any).output()).isEqualTo(photo);
        assertThat(TaskRegistry.named("grey").draw(any).make(photo, any).output().rgb()).containsExactly(18, 18, 18, 48, 48, 48);
        Task.Pair colorise = TaskRegistry.named("colorise").draw(any).make(photo, any);
        assertThat(colorise.output()).isEqualTo(photo);
        assertThat(colorise.input().rgb()).containsExactly(18, 18, 18, 48, 48, 48);
    }

    @Test
    void turnsAreClockwiseAndFourMakeNone() {
        Picture photo = PHOTOS.picture(PHOTO).crop(3, 4, 20, 20);
        Set<Picture> turned = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            turned.add(TaskRegistry.named("turn").draw(new Philox(i, 0)).make(photo, new Philox(0, 0)).output());
        }
        assertThat(turned).hasSize(3).doesNotContain(photo);
        Picture[] quarter = turned.stream().filter(p -> p.at(19, 0, 0) == photo.at(0, 0, 0) && p.at(19, 19, 1) == photo.at(19, 0, 1)
                && p.at(0, 19, 2) == photo.at(19, 19, 2)).toArray(Picture[]::new);
        assertThat(quarter).as("a quarter clockwise").hasSize(1);
    }

    @Test
    void solarisingAndInvertingTwiceGivesBackThePhotograph() {
        Pixels photo = PHOTOS.picture(PHOTO).crop(0, 0, 30, 30).pixels();
        PixelMap partial = new PartialInversion().draw(new Philox(3, 3));
        assertThat(partial.apply(partial.apply(photo, null), null).picture()).isEqualTo(photo.picture());
        PixelMap permute = new ChannelPermutation().draw(new Philox(7, 1));
        Pixels six = photo;
        for (int i = 0; i < 6; i++) {
            six = permute.apply(six, null);
        }
        assertThat(six.picture()).isEqualTo(photo.picture());
    }

    @Test
    void noiseHasTheSigmaThatWasDrawn() {
        Pixels grey = Picture.filled(64, 64, 0x808080).pixels();
        Pixels noisy = new Noise().draw(new Philox(2, 9)).apply(grey, new Philox(4, 4));
        float sigma = new Philox(2, 9).nextFloat(25, 60) / 255;
        double sum = 0;
        for (int i = 0; i < noisy.rgb().length; i++) {
            double d = noisy.rgb()[i] - grey.rgb()[i];
            sum += d * d;
        }
        assertThat(Math.sqrt(sum / noisy.rgb().length)).isBetween(0.97 * sigma, 1.03 * sigma);
    }

    @Test
    void novelFamiliesAreNeverTrained() {
        assertThat(TaskRegistry.weights().keySet()).containsExactlyElementsOf(TaskRegistry.trained().stream().map(Task::name).toList());
        assertThat(TaskRegistry.all()).extracting(Task::name).allMatch(name -> name.matches("[a-z]+(-[a-z]+)*")).doesNotHaveDuplicates();
        assertThat(TaskRegistry.trained()).hasSizeGreaterThanOrEqualTo(13).noneMatch(Task::novel);
        assertThat(TaskRegistry.novel()).hasSizeGreaterThanOrEqualTo(3);
        Set<Class<?>> trained = new HashSet<>();
        Set<Class<?>> novel = new HashSet<>();
        for (Task task : TaskRegistry.all()) {
            Task forward = task instanceof Reversed reversed ? reversed.task() : task;
            (task.novel() ? novel : trained).add(((FamilyTask) forward).family().getClass());
        }
        assertThat(trained).doesNotContainAnyElementsOf(novel);
        assertThatThrownBy(() -> TaskRegistry.named("nonsense")).isInstanceOf(InvalidInput.class).hasMessageContaining("derain");
    }
}
