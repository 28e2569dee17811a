package org.xprompt4j.tensor.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.HostStorage;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;

class SafetensorsTest {
    @TempDir
    Path dir;

    static Tensor tensor(DType dtype, long... dims) {
        Shape shape = Shape.of(dims);
        byte[] bytes = new byte[Math.toIntExact(shape.numel() * dtype.bytes())];
        return Tensor.over(new HostStorage(MemorySegment.ofArray(bytes), "test"), 0, dtype, shape);
    }

    static Tensor counting(DType dtype, long... dims) {
        Tensor t = tensor(dtype, dims);
        int[] values = new int[Math.toIntExact(t.numel())];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return t.set(values);
    }

    /** A file of this header and so many data bytes 0, 1, 2, ... */
    private Path lying(String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(json.length).put(json);
        for (int i = 0; i < dataBytes; i++) {
            out.put((byte) i);
        }
        return Files.write(dir.resolve("lying.safetensors"), out.array());
    }

    @Test
    void everyTypeComesBackBitForBit() throws IOException {
        Path path = dir.resolve("all.safetensors");
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt").metadata("note", "a \"b\" \u00e9");
        for (DType dtype : DType.values()) {
            writer.add("t." + dtype, counting(dtype, 3, 5));
        }
        writer.add("scalar", counting(DType.F32)).add("empty", counting(DType.F32, 4, 0)).add("odd", counting(DType.U8, 3)).writeTo(path);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            for (DType dtype : DType.values()) {
                assertThat(file.tensor("t." + dtype).toIntArray()).isEqualTo(counting(dtype, 3, 5).toIntArray());
                assertThat(file.tensor("t." + dtype).dtype()).isEqualTo(dtype);
                assertThat(file.tensor("t." + dtype).segment().address() % dtype.bytes()).isZero();
            }
            assertThat(file.tensor("scalar").rank()).isZero();
            assertThat(file.tensor("empty").toFloatArray()).isEmpty();
            assertThat(file.metadata()).containsEntry("format", "pt").containsEntry("note", "a \"b\" \u00e9").hasSize(2);
            assertThat(file.tensor("t.F32", 3, 5)).isSameAs(file.tensor("t.F32"));
            assertThatThrownBy(() -> file.tensor("t.F32", 5, 3)).isInstanceOf(InvalidInput.class)
                    .hasMessage(path + ": tensor \"t.F32\" must have shape [5, 3], has [3, 5]");
            assertThatThrownBy(() -> file.tensor("none")).hasMessage(path + ": tensor \"none\" is missing");
            assertThatThrownBy(() -> file.tensor("t.F32").set(new float[15])).isInstanceOf(RuntimeException.class);
        }
        byte[] first = Files.readAllBytes(path);
        assertThat(ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8).isZero();
        writer.writeTo(path);
        assertThat(Files.readAllBytes(path)).as("the same content gives the same bytes").isEqualTo(first);
        try (Stream<Path> left = Files.list(dir)) {
            assertThat(left).containsExactly(path);
        }
    }

    @Test
    void tensorsDieWithTheirFile() {
        Path path = dir.resolve("a.safetensors");
        new SafetensorsWriter().add("a", counting(DType.F32, 4)).writeTo(path);
        SafetensorsFile file = SafetensorsFile.open(path);
        Tensor a = file.tensor("a");
        file.close();
        file.close();
        assertThat(a.storage().isAlive()).isFalse();
        assertThatThrownBy(a::toFloatArray).isInstanceOf(IllegalStateException.class).hasMessageContaining("a.safetensors");
        assertThatThrownBy(() -> file.tensor("a")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void tensorsAtOddPlacesAreRight() throws IOException {
        Path path = lying("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                + "\"b\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[1,9]}}   ", 9);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.tensor("b").toIntArray()).containsExactly(0x04030201, 0x08070605);
            assertThat(file.tensor("b").segment().address() % 4).isZero();
        }
    }

    @Test
    void typesThatAreNotComputedWithAreListedButNotHandedOut() throws IOException {
        Path path = lying("{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[8,9]}}", 9);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.entries()).extracting(SafetensorsFile.Entry::type).containsExactly("F64", "F4");
            assertThatThrownBy(() -> file.tensor("a")).isInstanceOf(InvalidInput.class).hasMessageContaining("element type F64, which is not supported");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', ignoreLeadingAndTrailingWhitespace = false, value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|16|8 bytes behind the last tensor belong to none",
        "{}|4|4 bytes behind the last tensor",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|4|a.data_offsets end at byte 8 of a data section of 4 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}|8|a.data_offsets hold 8 bytes, but F32[3] needs 12",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,4]}}|8|a.data_offsets must not decrease",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|8|bytes 0 to 4 belong to no tensor",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}|12|b.data_offsets begin at byte 8, but bytes 4 to 8",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}|12|b.data_offsets begin at byte 4 inside tensor \"a\"",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|8|inside tensor",
        "{\"a\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}|4|a.dtype is \"F33\", which is no element type",
        "{\"a\":{\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,4]}}|4|a.dtype must be a string, is 7",
        "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}|4|a.dtype is missing",
        "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}|4|a.shape is missing",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}|4|a.data_offsets is missing",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}|4|a.shape[0] must be an integer of at least 0, is -1",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}|4|a.shape[0] must be an integer",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[\"1\"],\"data_offsets\":[0,4]}}|4|a.shape[0] must be an integer",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}|4|a.shape must be an array",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}}|4|a.shape has more elements",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,1073741825],\"data_offsets\":[0,4]}}|4|a.shape has more elements",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807],\"data_offsets\":[0,4]}}|4|a.shape has more elements",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775808],\"data_offsets\":[0,4]}}|4|a.shape[0] must be an integer",
        "{\"a\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,2]}}|2|a.data_offsets hold 2 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}|4|a.data_offsets must be two offsets, are 3",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}|4|a.data_offsets[0] must be an integer of at least 0",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,18446744073709551612]}}|4|a.data_offsets[1] must be an integer",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}|2|field \"a\" appears twice",
        "{\"a\":[]}|0|a must be an object",
        "{\"a\":null}|0|a must be an object",
        "{\"__metadata__\":{\"k\":1}}|0|__metadata__.k must be a string",
        "{\"__metadata__\":[]}|0|__metadata__ must be an object",
        "[]|0|does not start with '{'",
        " {}|0|does not start with '{'",
        "{|0|expected a field name",
        "{} x|0|nothing may follow",
    })
    void filesThatLieAreRefusedByName(String header, int dataBytes, String message) throws IOException {
        Path path = lying(header, dataBytes);
        assertThatThrownBy(() -> SafetensorsFile.open(path)).isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith(path.toString()).hasMessageContaining(message);
    }

    @Test
    void headerLengthsThatLieAreRefused() throws IOException {
        Path path = dir.resolve("h.safetensors");
        for (long length : new long[] {0, 3, 100, 100_000_000, 100_000_001, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            Files.write(path, ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put((byte) '{').put((byte) '}').array());
            assertThatThrownBy(() -> SafetensorsFile.open(path)).as("length %d", length).isInstanceOf(InvalidInput.class)
                    .hasMessageStartingWith(path + ": ");
        }
        for (int size = 0; size < 8; size++) {
            Files.write(path, new byte[size]);
            assertThatThrownBy(() -> SafetensorsFile.open(path)).isInstanceOf(InvalidInput.class).hasMessageContaining("too few");
        }
        assertThatThrownBy(() -> SafetensorsFile.open(dir)).isInstanceOf(InvalidInput.class).hasMessageContaining("is not a file");
        assertThatThrownBy(() -> SafetensorsFile.open(dir.resolve("none"))).isInstanceOf(InvalidInput.class).hasMessageContaining("no such file");
    }

    @Test
    void mutatedFilesAreRefusedOrRight() throws IOException {
        Path path = dir.resolve("good.safetensors");
        new SafetensorsWriter().metadata("k", "v").add("a.weight", counting(DType.F32, 3, 4)).add("b", counting(DType.U8, 5))
                .add("c", counting(DType.BF16, 2, 2)).writeTo(path);
        byte[] good = Files.readAllBytes(path);
        long seed = 4711;
        int refused = 0;
        for (int round = 0; round < 3000; round++) {
            Philox random = new Philox(seed, round);
            byte[] bad = good.clone();
            switch (random.nextInt(4)) {
                case 0 -> bad = java.util.Arrays.copyOf(bad, random.nextInt(bad.length + 16));
                case 1 -> bad[random.nextInt(8)] ^= (byte) (1 << random.nextInt(8));
                case 2 -> {
                    for (int i = 0; i < 3; i++) {
                        bad[8 + random.nextInt(bad.length - 8)] = (byte) random.nextInt();
                    }
                }
                default -> bad[8 + random.nextInt(220)] = (byte) ("0123456789[]{}\",:".charAt(random.nextInt(17)));
            }
            Path mutated = Files.write(dir.resolve("mutated.safetensors"), bad);
            try (SafetensorsFile file = SafetensorsFile.open(mutated)) {
                for (SafetensorsFile.Entry entry : file.entries()) {
                    if (SafetensorsHeader.dtype(entry.type()) != null) {
                        assertThat(file.tensor(entry.name()).toFloatArray()).as("seed %d round %d", seed, round).hasSize((int) entry.shape().numel());
                    }
                }
            } catch (InvalidInput expected) {
                refused++;
                assertThat(expected.getMessage()).as("seed %d round %d", seed, round).startsWith(mutated.toString()).doesNotContain("\n");
            }
        }
        assertThat(refused).as("seed %d", seed).isGreaterThan(1000);
    }

    @Test
    void shardsMustAgreeWithTheirIndex() throws IOException {
        assertThatThrownBy(() -> ShardedSafetensors.open(dir)).isInstanceOf(InvalidInput.class).hasMessageContaining("holds neither");
        new SafetensorsWriter().add("a", counting(DType.F32, 2)).writeTo(dir.resolve("model-1.safetensors"));
        new SafetensorsWriter().add("b", counting(DType.F32, 3)).add("c", counting(DType.F32, 1)).writeTo(dir.resolve("model-2.safetensors"));
        Path index = dir.resolve(ShardedSafetensors.INDEX);
        Files.writeString(index, "{\"weight_map\":{\"a\":\"model-1.safetensors\",\"b\":\"model-2.safetensors\",\"c\":\"model-2.safetensors\"}}");
        try (ShardedSafetensors weights = ShardedSafetensors.open(dir)) {
            assertThat(weights.names()).containsExactly("a", "b", "c");
            assertThat(weights.tensor("b", 3).toIntArray()).containsExactly(0, 1, 2);
            assertThatThrownBy(() -> weights.tensor("d")).isInstanceOf(InvalidInput.class).hasMessageContaining("tensor \"d\" is missing");
        }
        for (List<String> bad : List.of(
                List.of("{\"weight_map\":{\"a\":\"../model-1.safetensors\"}}", "weight_map.a must be the plain name"),
                List.of("{\"weight_map\":{\"a\":\"/etc/x.safetensors\"}}", "weight_map.a must be the plain name"),
                List.of("{\"weight_map\":{\"a\":\"x\\\\y.safetensors\"}}", "weight_map.a must be the plain name"),
                List.of("{\"weight_map\":{\"a\":\"model-2.safetensors\"}}", "weight_map.a is \"model-2.safetensors\", but that file holds no such tensor"),
                List.of("{\"weight_map\":{\"a\":\"model-1.safetensors\",\"b\":\"model-2.safetensors\"}}", "does not give tensor \"c\""),
                List.of("{\"weight_map\":{\"a\":\"model-9.safetensors\"}}", "no such file"),
                List.of("{\"weight_map\":{\"a\":1}}", "weight_map.a must be a string"),
                List.of("{}", "weight_map is missing"))) {
            Files.writeString(index, bad.get(0));
            assertThatThrownBy(() -> ShardedSafetensors.open(dir)).as(bad.get(0)).isInstanceOf(InvalidInput.class).hasMessageContaining(bad.get(1));
        }
        new SafetensorsWriter().add("only", counting(DType.F32, 2)).writeTo(dir.resolve(ShardedSafetensors.SINGLE));
        try (ShardedSafetensors weights = ShardedSafetensors.open(dir)) {
            assertThat(weights.names()).containsExactly("only");
        }
    }
}
