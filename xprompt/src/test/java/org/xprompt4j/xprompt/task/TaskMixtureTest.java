package org.xprompt4j.xprompt.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;

class TaskMixtureTest {
    private static final int DRAWS = 20_000;

    @Test
    void drawsByWeight() {
        TaskMixture mixture = new TaskMixture(Map.of("negative", 1.0, "gamma", 3.0, "copy", 0.0), TaskRegistry.all());
        assertThat(mixture.names()).containsExactly("gamma", "negative");
        Map<String, Integer> counts = new HashMap<>();
        Philox random = new Philox(1, 2);
        for (int i = 0; i < DRAWS; i++) {
            counts.merge(mixture.draw(random).name(), 1, Integer::sum);
        }
        assertThat(counts).containsOnlyKeys("gamma", "negative");
        assertThat(counts.get("gamma") / (double) DRAWS).as("seed 1, stream 2").isBetween(0.74, 0.76);
    }

    @Test
    void refusesByName() {
        assertThatThrownBy(() -> new TaskMixture(Map.of("haze", 1.0), TaskRegistry.all())).isInstanceOf(InvalidInput.class).hasMessageContainingAll("tasks.haze", "novel");
        assertThatThrownBy(() -> new TaskMixture(Map.of("hazy", 1.0), TaskRegistry.all())).isInstanceOf(InvalidInput.class).hasMessageContainingAll("tasks.hazy", "known");
        assertThatThrownBy(() -> new TaskMixture(Map.of("gamma", -1.0), TaskRegistry.all())).isInstanceOf(InvalidInput.class).hasMessageContaining("tasks.gamma");
        assertThat(new TaskMixture(Map.of(), TaskRegistry.all()).isEmpty()).isTrue();
    }
}
