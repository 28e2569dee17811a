package org.xprompt4j.xprompt.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.PaintedPhotos;
import org.xprompt4j.xprompt.TinyModel;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.prompt.PromptLayout;
import org.xprompt4j.xprompt.prompt.SegmentKind;
import org.xprompt4j.xprompt.task.Task;

class EpisodeSourceTest {
    /** Answers every photograph with its parameter: one of two plain pictures. */
    private record Paint(String name, boolean novel) implements Task {
        @Override
        public String group() {
            return "test";
        }

        @Override
        public Instance draw(Philox parameters) {
            Picture plain = Picture.filled(TinyModel.SIDE, TinyModel.SIDE, parameters.nextInt(2) == 0 ? 0x000000 : 0xffffff);
            return (photo, random) -> new Pair(photo, plain);
        }
    }

    private static final List<Task> KNOWN = List.of(new Paint("paint", false), new Paint("unseen", true));

    private static EpisodeSource source(TinyModel tiny, Map<String, Double> tasks) {
        return new EpisodeSource(tiny.backend, tiny.vqgan, Recipes.tiny("-", "-", 0.01f, tasks),
                new EpisodeSource.Photographs(new PaintedPhotos(), KNOWN), tiny.tokens(), null);
    }

    private static List<String> texts(List<PromptLayout> layouts) {
        return layouts.stream().map(layout -> Arrays.toString(layout.ids()) + Arrays.toString(layout.labels()) + layout.segments()).toList();
    }

    @Test
    void aBatchIsAFunctionOfItsStep() {
        try (TinyModel tiny = new TinyModel(1, Arrangement.SHARED)) {
            EpisodeSource one = source(tiny, Map.of("paint", 1.0));
            EpisodeSource two = source(tiny, Map.of("paint", 1.0));
            two.training(9);
            two.validation();
            Set<List<String>> different = new HashSet<>();
            for (int step : new int[] {3, 0, 2}) {
                different.add(texts(one.training(step)));
                assertThat(texts(one.training(step))).isEqualTo(texts(two.training(step)));
            }
            assertThat(different).hasSize(3);
            assertThat(one.validation().get(Asked.EDIT).stream().map(EpisodeSourceTest::texts)).isEqualTo(two.validation().get(Asked.EDIT).stream().map(EpisodeSourceTest::texts).toList());
        }
    }

    @Test
    void exampleAndQueryShareTheTaskAndItsParameters() {
        try (TinyModel tiny = new TinyModel(1, Arrangement.SHARED)) {
            Set<String> answers = new HashSet<>();
            for (List<PromptLayout> batch : source(tiny, Map.of("paint", 1.0)).validation().get(Asked.EDIT)) {
                for (PromptLayout layout : batch) {
                    assertThat(layout.indicesOf(SegmentKind.XP)).isNotEmpty();
                    int[] ids = layout.ids();
                    int picture = TinyModel.PICTURE_CODES;
                    int shown = 1 + 1 + picture + 2; // bos boi input eoi boi
                    int asked = ids.length - 2 - picture; // ... answer eoi separator
                    int[] example = Arrays.copyOfRange(ids, shown, shown + picture);
                    assertThat(Arrays.copyOfRange(ids, asked, asked + picture)).containsExactly(example);
                    answers.add(Arrays.toString(example));
                }
            }
            assertThat(answers).as("both parameters were drawn").hasSize(2);
        }
    }

    @Test
    void mixturesThatCannotBeTrainedAreRefused() {
        try (TinyModel tiny = new TinyModel(1, Arrangement.SHARED)) {
            assertThatThrownBy(() -> source(tiny, Map.of("unseen", 1.0))).isInstanceOf(InvalidInput.class).hasMessageContainingAll("tasks.unseen", "novel");
            assertThatThrownBy(() -> source(tiny, Map.of("pain", 1.0))).isInstanceOf(InvalidInput.class).hasMessageContainingAll("tasks.pain", "paint");
            assertThatThrownBy(() -> source(tiny, Map.of("paint", 0.0))).isInstanceOf(InvalidInput.class).hasMessageContaining("zero");
        }
    }
}
