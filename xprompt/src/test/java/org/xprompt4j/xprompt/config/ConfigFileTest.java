package org.xprompt4j.xprompt.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.InvalidInput;

class ConfigFileTest {
    record Optimiser(float lr, int steps) {
        Optimiser {
            if (lr <= 0) {
                throw new IllegalArgumentException("lr must be positive, is " + lr);
            }
        }
    }

    record Config(String name, Optimiser optimiser) {
    }

    private static Config parse(String text) {
        return ConfigFile.parse(text, "c.json", Config.class);
    }

    @Test
    void readsWithCommentsAndWritesBack() {
        Config config = parse("{\"name\": \"a\", // why\n \"optimiser\": {\"lr\": 0.5, \"steps\": 3}}");
        assertThat(config).isEqualTo(new Config("a", new Optimiser(0.5f, 3)));
        assertThat(parse(ConfigFile.write(config))).isEqualTo(config);
    }

    @Test
    void namesFileLineAndField() {
        refused("{\"name\": \"a\", \"optimiser\": {\"lr\": 0.5, \"steps\": 3, \"step\": 3}}", "c.json, line 1, field optimiser.step: unknown field");
        refused("{\"name\": \"a\", \"optimiser\": {\"lr\": 0.5}}", "field optimiser.steps: this field is missing");
        refused("{\"name\": \"a\",\n \"optimiser\": {\"lr\": -1, \"steps\": 3}}", "lr must be positive, is -1");
        refused("{\"name\": \"a\", \"optimiser\": {\"lr\": 1, \"steps\": 3.5}}", "optimiser.steps");
        refused("{\"name\": \"a\", \"name\": \"b\", \"optimiser\": {\"lr\": 1, \"steps\": 3}}", "Duplicate field 'name'");
        refused("{\"name\": \"a\"", "c.json");
        refused("null", "c.json: holds null, must be an object");
        assertThatThrownBy(() -> ConfigFile.read(Path.of("no-such.json"), Config.class))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("no-such.json");
    }

    private static void refused(String text, String message) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining(message).hasMessageNotContaining("\n");
    }
}
