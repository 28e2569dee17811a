package org.xprompt4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Sizes, strides and broadcasting by NumPy's rules. */
class ShapeTest {
    @Test
    void broadcastingFollowsNumPy() {
        assertThat(Shape.broadcast(Shape.of(8, 1, 6, 1), Shape.of(7, 1, 5))).isEqualTo(Shape.of(8, 7, 6, 5));
        assertThat(Shape.broadcast(Shape.of(5, 4), Shape.of(1))).isEqualTo(Shape.of(5, 4));
        assertThat(Shape.broadcast(Shape.of(), Shape.of(3, 2))).isEqualTo(Shape.of(3, 2));
        assertThat(Shape.broadcast(Shape.of(15, 3, 5), Shape.of(3, 1))).isEqualTo(Shape.of(15, 3, 5));
        assertThat(Shape.broadcast(Shape.of(0), Shape.of(1))).isEqualTo(Shape.of(0));
        assertThat(Shape.broadcast(Shape.of(1), Shape.of(0))).isEqualTo(Shape.of(0));
    }

    @Test
    void sizesThatDoNotBroadcastAreNamed() {
        assertThatThrownBy(() -> Shape.broadcast(Shape.of(2, 3), Shape.of(2, 4))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[2, 3] and [2, 4]").hasMessageContaining("3 against 4");
        assertThatThrownBy(() -> Shape.broadcast(Shape.of(0), Shape.of(2))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void stridesAndElements() {
        assertThat(Shape.of(2, 3, 4).contiguousStrides()).containsExactly(12, 4, 1);
        assertThat(Shape.of(2, 3, 4).numel()).isEqualTo(24);
        assertThat(Shape.of().numel()).isEqualTo(1);
        assertThat(Shape.of(2, 3, 4).dim(-1)).isEqualTo(4);
        assertThat(Shape.of(2, 3)).hasToString("[2, 3]").isEqualTo(Shape.of(2, 3)).isNotEqualTo(Shape.of(3, 2));
    }

    @Test
    void impossibleSizesAreRefused() {
        assertThatThrownBy(() -> Shape.of(2, -1)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("[2, -1]");
        assertThatThrownBy(() -> Shape.of(1L << 40, 1L << 40)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("2^63");
        assertThatThrownBy(() -> Shape.of(2).dim(1)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("axis 1");
        assertThatThrownBy(() -> Shape.of(2).dim(-2)).isInstanceOf(IllegalArgumentException.class);
    }
}
