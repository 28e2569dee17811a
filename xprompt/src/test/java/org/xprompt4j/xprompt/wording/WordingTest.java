package org.xprompt4j.xprompt.wording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.task.TaskRegistry;

class WordingTest {
    private static Set<String> all(Phrases phrases, Map<String, String> slots, Split split) {
        Set<String> said = new HashSet<>();
        for (int i = 0; i < 2000; i++) {
            said.add(phrases.draw(new Philox(i, 0), slots, split));
        }
        return said;
    }

    @Test
    void everyAlternativeIsSaidAndSlotsAreFilled() {
        Phrases phrases = Phrases.of("[please |]make [it|the [picture|photo]] {tone}");
        assertThat(all(phrases, Map.of("tone", "red"), Split.TRAIN)).containsExactlyInAnyOrder("please make it red", "make it red",
                "please make the picture red", "make the picture red", "please make the photo red", "make the photo red");
        assertThat(phrases.slots()).containsExactly("tone");
        assertThatThrownBy(() -> phrases.draw(new Philox(0, 0), Map.of(), Split.TRAIN)).hasMessageContaining("slot {tone} has no value");
    }

    @Test
    void testsSayWhatNoTrainingSaid() {
        Phrases phrases = Phrases.of("a", "b", "c", "d", "e", "f", "g", "h");
        assertThat(all(phrases, Map.of(), Split.TRAIN)).containsExactlyInAnyOrder("a", "b", "c", "d", "e", "f");
        assertThat(all(phrases, Map.of(), Split.VALIDATION)).containsExactlyInAnyOrder("a", "b", "c", "d", "e", "f");
        assertThat(all(phrases, Map.of(), Split.TEST)).containsExactlyInAnyOrder("g", "h");
        assertThat(all(Phrases.of("a", "b"), Map.of(), Split.TEST)).as("too few to keep one back").containsExactlyInAnyOrder("a", "b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[a", "a]", "a|b", "{", "{}", "{a", "a}", "[[a]"})
    void grammarsThatDoNotCloseAreRefused(String template) {
        assertThatThrownBy(() -> Phrases.of(template)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("template");
    }

    @Test
    void theWayBackIsTheOtherHalf() {
        Wording there = ToneWords.cast("green");
        Wording back = there.reversed();
        assertThat(back.instruction()).isSameAs(there.inverse());
        assertThat(back.difference()).isSameAs(there.inverseDifference());
        assertThat(back.reversed().instruction()).isSameAs(there.instruction());
        assertThat(back.ask(new Philox(1, 0), Split.TRAIN)).contains("green light");
    }

    @Test
    void attributesAreRecoveredFromWhatIsSaid() {
        Wording duotone = ToneWords.duotone("purple", "yellow");
        for (int i = 0; i < 50; i++) {
            assertThat(duotone.recovered(duotone.tell(new Philox(i, 0), Split.TRAIN), "it runs from purple to yellow")).isEqualTo(1);
        }
        assertThat(duotone.recovered("it runs from Purple to white", "shadows are purple and lights are yellow now")).isEqualTo(0.5);
        assertThat(duotone.recovered("it is brighter", "it runs from purple to yellow")).isZero();
        assertThat(ToneWords.darker().recovered("it was made darker", "darker than before")).isEqualTo(1);
        assertThat(duotone.recovered("anything", "the colours came back")).as("a truth that names nothing").isEqualTo(1);
        assertThatThrownBy(() -> new Wording("x", Phrases.of("{a}"), Phrases.of("b"), Phrases.of("c"), Phrases.of("d"), Map.of()))
                .hasMessageContaining("the phrases of 'x' ask for [a]");
    }

    /** Words follow the parameters: the same family says different things of different draws, and always the truth of gamma. */
    @Test
    void tasksSayWhatTheyDo() {
        int worded = 0;
        for (Task task : TaskRegistry.all()) {
            Set<String> said = new HashSet<>();
            for (int i = 0; i < 40; i++) {
                Wording wording = task.draw(new Philox(i, 0)).wording();
                if (wording != null) {
                    said.add(wording.kind() + wording.attributes());
                    assertThat(wording.ask(new Philox(i, 1), Split.TRAIN)).isNotBlank().isEqualTo(wording.ask(new Philox(i, 1), Split.TRAIN).toLowerCase());
                    assertThat(wording.tell(new Philox(i, 1), Split.TEST)).isNotBlank();
                }
            }
            worded += said.isEmpty() ? 0 : 1;
            if (List.of("duotone", "permute", "frame", "white-balance").contains(task.name())) {
                assertThat(said).as(task.name()).hasSizeGreaterThan(4);
            }
            if (List.of("gamma", "saturation", "temperature", "contrast").contains(task.name())) {
                assertThat(said).as(task.name()).hasSize(2);
            }
        }
        assertThat(worded).as("tasks with words").isGreaterThan(25);
        assertThat(TaskRegistry.named("darken").draw(new Philox(3, 0)).wording().kind()).isEqualTo("darker");
        assertThat(TaskRegistry.named("brighten").draw(new Philox(3, 0)).wording().kind()).isEqualTo("brighter");
        assertThat(TaskRegistry.named("derain").draw(new Philox(3, 0)).wording().ask(new Philox(0, 0), Split.TRAIN)).contains("rain");
    }

    @Test
    void coloursHavePlainNames() {
        assertThat(ColourNames.of(new float[] {1, 0, 0})).isEqualTo("red");
        assertThat(ColourNames.of(new float[] {0.1f, 0.2f, 0.9f})).isEqualTo("blue");
        assertThat(ColourNames.of(new float[] {0.95f, 0.95f, 0.9f})).isEqualTo("white");
        assertThat(ColourNames.of(new float[] {0.45f, 0.3f, 0.1f})).isEqualTo("brown");
        assertThat(ColourNames.of(new float[] {0, 0, 0})).isEqualTo("black");
        assertThat(ColourNames.all()).hasSize(11);
    }
}
