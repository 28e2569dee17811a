package org.xprompt4j.xprompt.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.sprite.SpriteSet;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.task.TaskRegistry;
import org.xprompt4j.xprompt.wording.Wording;

/** With every task that has words and the repository's drawings. */
class ToldKindsTest {
    private static final WordedTasks TASKS = WordedTasks.of(TaskRegistry.trained().stream().map(Task::name).toList(), SpriteSet.open(Path.of("sprites")));
    private static final ToldKinds KINDS = ToldKinds.of(TASKS);

    @Test
    void tasksStandInTheirGroups() {
        assertThat(TASKS.all()).filteredOn(t -> t.group() == WordedTasks.Group.SPRITES).extracting(t -> t.asked().name())
                .containsExactly("add", "remove", "replace", "recolour", "move", "style");
        assertThat(TASKS.all()).filteredOn(t -> t.group() == WordedTasks.Group.NOVEL).extracting(t -> t.asked().name()).contains("night", "haze");
        assertThat(TASKS.all()).filteredOn(t -> t.group() == WordedTasks.Group.TRAINED).extracting(t -> t.asked().name())
                .contains("gamma", "negative", "derain").doesNotContain("compose", "sepia");
        assertThat(WordedTasks.of(List.of("sepia", "compose"), null).all()).extracting(t -> t.asked().name()).contains("sepia", "night")
                .doesNotContain("compose", "add", "negative");
    }

    @Test
    void whatTheGrammarSaysTellsItsKindAndNoOther() {
        for (WordedTasks.Worded worded : TASKS.all()) {
            for (int i = 0; i < 25; i++) {
                Philox random = Draws.of(9, "told kinds " + worded.asked().name(), i);
                Wording wording = worded.asked().draw(random).wording();
                for (Split split : new Split[] {Split.TRAIN, Split.TEST}) {
                    String said = wording.tell(random, split);
                    assertThat(KINDS.tells(said, wording.kind())).as("%s: %s", wording.kind(), said).isTrue();
                    assertThat(KINDS.tells(said, wording.kind().equals("night") ? "add" : "night")).as(said).isFalse();
                }
            }
        }
    }

    @Test
    void wrongAttributesLeaveTheKindRightAndWrongKindsAreWrong() {
        assertThat(KINDS.tells("the second picture is darker", "darker")).isTrue();
        assertThat(KINDS.tells("the second picture is brighter", "darker")).isFalse();
        assertThat(KINDS.tells("a zebra was added at the top", "add")).as("a motif that nobody knows").isTrue();
        assertThat(KINDS.tells("the zebra moved to the top", "move")).isTrue();
        assertThat(KINDS.tells("the zebra moved to the top", "add")).isFalse();
        assertThat(KINDS.tells("shadows are mauve and lights are white now", "duotone")).isTrue();
        assertThat(KINDS.tells("picture is in black and white", "grey")).as("two words from two kinds").isFalse();
        assertThat(KINDS.tells("the second one is in black and white", "grey")).as("both kinds say exactly this").isTrue();
        assertThat(KINDS.tells("the second one is in black and white", "duotone")).isTrue();
        assertThat(KINDS.tells("now it is", "darker")).as("fits several equally well").isFalse();
        assertThat(KINDS.tells("", "darker")).isFalse();
        assertThat(KINDS.tells("lorem ipsum dolor sit amet darker", "darker")).as("more than half of it is something else").isFalse();
    }
}
