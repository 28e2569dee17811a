package org.xprompt4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;

import org.junit.jupiter.api.Test;

/** Views share memory and show the right elements; conversions round as they say. */
class TensorTest {
    private static Tensor matrix() {
        Tensor x = Tensor.over(new HostStorage(MemorySegment.ofArray(new byte[64]), "test"), 8, DType.F32, Shape.of(3, 4));
        return x.set(0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23);
    }

    @Test
    void viewsShowTheirElements() {
        Tensor x = matrix();
        assertThat(x.permute(1, 0).toFloatArray()).containsExactly(0, 10, 20, 1, 11, 21, 2, 12, 22, 3, 13, 23);
        assertThat(x.slice(1, 1, 3).toFloatArray()).containsExactly(1, 2, 11, 12, 21, 22);
        assertThat(x.slice(0, 1, 2).slice(1, 2, 4).toFloatArray()).containsExactly(12, 13);
        assertThat(x.select(1, 2).toFloatArray()).containsExactly(2, 12, 22);
        assertThat(x.select(0, -1 + 3).toFloatArray()).containsExactly(20, 21, 22, 23);
        assertThat(x.reshape(2, -1).select(0, 1).toFloatArray()).containsExactly(12, 13, 20, 21, 22, 23);
        assertThat(x.select(0, 1).expand(Shape.of(2, 4)).toFloatArray()).containsExactly(10, 11, 12, 13, 10, 11, 12, 13);
        assertThat(x.slice(1, 1, 2).expand(Shape.of(3, 2)).toFloatArray()).containsExactly(1, 1, 11, 11, 21, 21);
        assertThat(x.permute(1, 0).slice(0, 1, 3).select(1, 2).toFloatArray()).containsExactly(21, 22);
        assertThat(x.slice(0, 3, 3).toFloatArray()).isEmpty();
    }

    @Test
    void contiguityIsKnown() {
        Tensor x = matrix();
        assertThat(x.isContiguous()).isTrue();
        assertThat(x.slice(0, 1, 3).isContiguous()).isTrue();
        assertThat(x.slice(1, 0, 2).isContiguous()).isFalse();
        assertThat(x.slice(0, 1, 2).slice(1, 0, 2).isContiguous()).as("one row").isTrue();
        assertThat(x.permute(1, 0).isContiguous()).isFalse();
        assertThat(x.permute(1, 0).permute(1, 0).isContiguous()).isTrue();
        assertThat(x.slice(0, 1, 3).segment().byteSize()).isEqualTo(32);
    }

    @Test
    void viewsShareMemory() {
        Tensor x = matrix();
        x.slice(0, 1, 2).reshape(4).set(7, 7, 7, 7);
        assertThat(x.toFloatArray()).containsExactly(0, 1, 2, 3, 7, 7, 7, 7, 20, 21, 22, 23);
    }

    @Test
    void impossibleViewsAreRefused() {
        Tensor x = matrix();
        assertThatThrownBy(() -> x.reshape(5, -1)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("F32[3, 4]");
        assertThatThrownBy(() -> x.reshape(-1, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> x.permute(1, 0).reshape(12)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("contiguous");
        assertThatThrownBy(() -> x.slice(1, 2, 5)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("2..5");
        assertThatThrownBy(() -> x.select(0, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> x.permute(0, 0)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("twice");
        assertThatThrownBy(() -> x.expand(Shape.of(3, 8))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> x.expand(Shape.of(4))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> x.set(1f)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("1 values");
        assertThatThrownBy(x::item).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("12 elements");
        assertThatThrownBy(() -> Tensor.over(x.storage(), 8, DType.F32, Shape.of(15))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not fit");
        assertThatThrownBy(() -> Tensor.over(x.storage(), 2, DType.F32, Shape.of(1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sixteenBitFloatsRoundToNearestEven() {
        assertThat(ElementAccess.floatToBfloat16(1.00390625f)).as("halfway, down to even").isEqualTo((short) 0x3f80);
        assertThat(ElementAccess.floatToBfloat16(1.01171875f)).as("halfway, up to even").isEqualTo((short) 0x3f82);
        assertThat(ElementAccess.floatToBfloat16(Math.nextUp(1.00390625f))).isEqualTo((short) 0x3f81);
        assertThat(ElementAccess.floatToBfloat16(Float.MAX_VALUE)).as("overflow").isEqualTo((short) 0x7f80);
        assertThat(ElementAccess.floatToBfloat16(Float.intBitsToFloat(0x7f800001))).as("a NaN of low bits stays NaN").isEqualTo((short) 0x7fc0);
        assertThat(ElementAccess.bfloat16ToFloat((short) 0xc049)).isEqualTo(-3.140625f);
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = ElementAccess.bfloat16ToFloat((short) bits);
            if (!Float.isNaN(value)) {
                assertThat(ElementAccess.floatToBfloat16(value)).isEqualTo((short) bits);
            }
        }
    }
}
