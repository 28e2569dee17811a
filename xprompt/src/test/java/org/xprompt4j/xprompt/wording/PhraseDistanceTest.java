package org.xprompt4j.xprompt.wording;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.task.TaskRegistry;

class PhraseDistanceTest {
    private static final Phrases PHRASES = Phrases.of("[please |]make [it|the photo] {tone}[, now|]", "undo");
    private static final Map<String, Set<List<String>>> TONES = Map.of("tone", Set.of(List.of("red"), List.of("very", "dark")));

    private static int distance(String said) {
        return PHRASES.distance(Phrases.words(said), TONES);
    }

    @Test
    void wordsAreRunsOfLettersAndDigitsInLowerCase() {
        assertThat(Phrases.words(" It's RED,  3d-like. ")).containsExactly("it", "s", "red", "3d", "like");
        assertThat(Phrases.words("...")).isEmpty();
    }

    @Test
    void faultsAreWordsChangedAddedAndLeftOut() {
        assertThat(distance("make it red")).isZero();
        assertThat(distance("Please make the photo very dark, now!")).isZero();
        assertThat(distance("make it green")).as("one word changed").isEqualTo(1);
        assertThat(distance("make red")).as("one left out").isEqualTo(1);
        assertThat(distance("do make it red")).as("one too many, in front").isEqualTo(1);
        assertThat(distance("make it red again")).as("one too many, behind").isEqualTo(1);
        assertThat(distance("make it very red")).as("in the slot").isEqualTo(1);
        assertThat(distance("undo it")).isEqualTo(1);
        assertThat(distance("")).as("the shortest phrase is one word").isEqualTo(1);
        assertThat(distance("a b c d e f")).as("nothing fits").isEqualTo(6);
    }

    @Test
    void whatIsSaidIsAtNoDistance() {
        for (Task task : TaskRegistry.all()) {
            for (int i = 0; i < 20; i++) {
                Philox random = new Philox(i, 1);
                Wording wording = task.draw(random).wording();
                if (wording != null) {
                    Map<String, Set<List<String>>> own = wording.attributes().entrySet().stream()
                            .collect(Collectors.toMap(Map.Entry::getKey, e -> Set.of(Phrases.words(e.getValue()))));
                    for (Split split : Split.values()) {
                        String said = wording.tell(random, split);
                        assertThat(wording.difference().distance(Phrases.words(said), own)).as(said).isZero();
                        assertThat(wording.instruction().distance(Phrases.words(wording.ask(random, split)), own)).isZero();
                    }
                }
            }
        }
    }
}
