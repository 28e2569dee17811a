package org.xprompt4j.xprompt.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Shape;

class OnnxFileTest {
    private static final byte[] GOOD = OnnxBytes.model(OnnxBytes.tensor("a", new long[] {2, 3}, 1, 2, 3, 4, 5, -6.5f),
            OnnxBytes.tensor("\u00fc", new long[0], 7),
            new OnnxBytes().bytes(1, new byte[] {2, 0, (byte) 0x80, 1}).number(2, 7).text(8, "packed, none").bytes(9, new byte[0]),
            new OnnxBytes().number(1, 1).number(2, 1).text(8, "elsewhere").bytes(4, new byte[4]));

    @TempDir
    Path dir;

    private OnnxFile open(byte[] bytes) throws IOException {
        return OnnxFile.open(Files.write(dir.resolve("m.onnx"), bytes));
    }

    @Test
    void numbersAreThoseOfTheFile() throws IOException {
        try (OnnxFile file = open(GOOD)) {
            assertThat(file.names()).containsExactly("a", "\u00fc", "packed, none", "elsewhere");
            assertThat(file.floats("a", Shape.of(2, 3))).containsExactly(1, 2, 3, 4, 5, -6.5f);
            assertThat(file.floats("\u00fc", Shape.of())).containsExactly(7);
            assertThat(file.shape("packed, none")).isEqualTo(Shape.of(2, 0, 128));
            assertThatThrownBy(() -> file.floats("a", Shape.of(3, 2))).isInstanceOf(InvalidInput.class)
                    .hasMessage(dir.resolve("m.onnx") + ": initializer 'a' must have dims [3, 2], has [2, 3]");
            assertThatThrownBy(() -> file.floats("b", Shape.of(1))).isInstanceOf(InvalidInput.class).hasMessageContaining("'b' is missing");
            assertThatThrownBy(() -> file.floats("packed, none", Shape.of(2, 0, 128))).isInstanceOf(InvalidInput.class).hasMessageContaining("data_type 1");
            assertThatThrownBy(() -> file.floats("elsewhere", Shape.of(1))).isInstanceOf(InvalidInput.class).hasMessageContaining("no raw_data");
        }
    }

    static Stream<Arguments> broken() {
        OnnxBytes a = OnnxBytes.tensor("a", new long[] {1}, 1);
        byte[] twice = Arrays.copyOf(GOOD, 2 * GOOD.length);
        System.arraycopy(GOOD, 0, twice, GOOD.length, GOOD.length);
        return Stream.of(
                Arguments.of("nothing", new byte[0], "graph: is missing"),
                Arguments.of("text", "{\"a\": 1, \"b\": 2}".getBytes(), "has wire type"),
                Arguments.of("two models", twice, "graph: is there twice"),
                Arguments.of("no graph", new OnnxBytes().number(1, 7).all(), "graph: is missing"),
                Arguments.of("graph as a number", new OnnxBytes().number(7, 7).all(), "graph: has wire type 0"),
                Arguments.of("a length behind the end", new OnnxBytes().raw(0x3a, 0x7f, 0).all(), "field 7 claims 127 bytes"),
                Arguments.of("a length of 2^63", new OnnxBytes().raw(0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1).all(), "field 7 claims 18446744073709551615"),
                Arguments.of("a number without end", new OnnxBytes().raw(8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1).all(), "more than 10 bytes"),
                Arguments.of("a number cut short", new OnnxBytes().raw(8, 0xff).all(), "runs over the end"),
                Arguments.of("field 0", new OnnxBytes().raw(0, 0).all(), "field number 0"),
                Arguments.of("a group", new OnnxBytes().raw(11).all(), "wire type 3"),
                Arguments.of("8 bytes cut short", new OnnxBytes().raw(9, 0, 0).all(), "field 1 claims 8 bytes"),
                Arguments.of("tensor inside out", OnnxBytes.model(new OnnxBytes().raw(0x0a, 0x20)), "graph.initializer[0]: field 1 claims 32"),
                Arguments.of("bytes of another shape", OnnxBytes.model(a, OnnxBytes.tensor("b", new long[] {3}, 1, 2)), "graph.initializer[1].raw_data: has 8 bytes, but dims [3]"),
                Arguments.of("a negative size", OnnxBytes.model(OnnxBytes.tensor("b", new long[] {-1}, 1)), "graph.initializer[0].dims: has the size -1"),
                Arguments.of("too many elements", OnnxBytes.model(OnnxBytes.tensor("b", new long[] {1L << 40, 1L << 40}, 1)), "dims: have more elements"),
                Arguments.of("too many bytes", OnnxBytes.model(OnnxBytes.tensor("b", new long[] {1L << 62}, 1)), "dims: have more elements"),
                Arguments.of("too many sizes", OnnxBytes.model(OnnxBytes.tensor("b", new long[17], 1)), "dims: has more than 16 sizes"),
                Arguments.of("one name twice", OnnxBytes.model(a, a), "graph.initializer[1]: has a name that another has too"),
                Arguments.of("no name", OnnxBytes.model(OnnxBytes.tensor("", new long[0], 1)), "initializer[0].name: is missing"),
                Arguments.of("a long name", OnnxBytes.model(OnnxBytes.tensor("n".repeat(2000), new long[0], 1)), "name: has 2000 bytes"),
                Arguments.of("a name that is no text", OnnxBytes.model(new OnnxBytes().bytes(8, new byte[] {(byte) 0xc0})), "name: is no UTF-8"),
                Arguments.of("no type", OnnxBytes.model(new OnnxBytes().text(8, "b")), "data_type: must be a type of ONNX, is 0"),
                Arguments.of("numbers in another file", OnnxBytes.model(new OnnxBytes().number(2, 1).text(8, "b").number(14, 1)), "data_location: must be 0"),
                Arguments.of("raw data twice", OnnxBytes.model(new OnnxBytes().number(2, 1).text(8, "b").bytes(9, new byte[4]).bytes(9, new byte[4])), "raw_data: is there twice"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void broken(String what, byte[] bytes, String message) {
        assertThatThrownBy(() -> open(bytes)).isInstanceOf(InvalidInput.class).hasMessageStartingWith(dir.resolve("m.onnx") + ": ")
                .hasMessageContaining(message).hasMessageNotContaining("\n");
    }

    /** Cut anywhere, the file is refused or, where the graph was whole, read. */
    @Test
    void everyCutIsNoticed() throws IOException {
        for (int length = 0; length < GOOD.length; length++) {
            try (OnnxFile file = open(Arrays.copyOf(GOOD, length))) {
                assertThat(file.names()).hasSize(4);
            } catch (InvalidInput e) {
                assertThat(e.getMessage()).startsWith(dir.resolve("m.onnx") + ": ");
            }
        }
        assertThatThrownBy(() -> OnnxFile.open(dir.resolve("none"))).isInstanceOf(InvalidInput.class).hasMessageContaining("no such file");
        assertThatThrownBy(() -> OnnxFile.open(dir)).isInstanceOf(InvalidInput.class).hasMessageContaining("is not a file");
    }
}
