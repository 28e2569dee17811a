package org.xprompt4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.InvalidInput;

/** Command lines of the instruments, and what is said of several measurements. */
class ArgumentsTest {
    private static Arguments parse(String... args) {
        return Arguments.parse(args, Set.of("threads", "forks"));
    }

    @Test
    void optionsAndWords() {
        Arguments arguments = parse("matmul", "--threads", "1,2", "attention");
        assertThat(arguments.words()).containsExactly("matmul", "attention");
        assertThat(arguments.integers("threads", "1", 1, 8)).containsExactly(1, 2);
        assertThat(arguments.integer("forks", 5, 1, 9)).isEqualTo(5);
    }

    @Test
    void faultsAreNamed() {
        assertThatThrownBy(() -> parse("--forcs", "1")).isInstanceOf(InvalidInput.class).hasMessage("option --forcs is not known; there are --forks, --threads");
        assertThatThrownBy(() -> parse("--forks")).isInstanceOf(InvalidInput.class).hasMessage("option --forks needs a value");
        assertThatThrownBy(() -> parse("--forks", "0").integer("forks", 5, 1, 9)).isInstanceOf(InvalidInput.class)
                .hasMessage("option --forks must be a number from 1 to 9, is '0'");
    }

    @Test
    void spreadOfMeasurements() {
        assertThat(Spread.of(3, 1, 2)).isEqualTo(new Spread(2, 1, 3));
        assertThat(Spread.of(4, 1, 2, 3).median()).isEqualTo(2.5);
        assertThat(Spread.rounded(1234.567, 3)).isEqualTo(1230);
        assertThatThrownBy(Spread::of).isInstanceOf(IllegalArgumentException.class);
    }
}
