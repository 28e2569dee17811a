package org.xprompt4j.vqvae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;

class TokenCacheTest {
    private static final String FINGERPRINT = "0123456789abcdef".repeat(4);
    private static final int FIRST_ENTRY = 152;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 1024, 65536, 65537, 1 << 20})
    void whatIsWrittenIsRead(int codebook) {
        Philox random = new Philox(1, codebook);
        List<TokenCache.Grid> grids = List.of(grid("a.png", 2, 3, codebook, random), grid("bücher 写真.jpg", 1, 1, codebook, random),
                grid("a.png", 5, 4, codebook, random));
        Path file = folder.resolve("codes");
        TokenCache.write(file, FINGERPRINT, codebook, grids);
        try (TokenCache cache = TokenCache.open(file)) {
            assertThat(cache.size()).isEqualTo(3);
            assertThat(cache.codebook()).isEqualTo(codebook);
            assertThat(cache.fingerprint()).isEqualTo(FINGERPRINT);
            for (int i = 0; i < 3; i++) {
                assertThat(cache.grid(i)).usingRecursiveComparison().isEqualTo(grids.get(i));
            }
            cache.requireFrom(FINGERPRINT);
            assertThatThrownBy(() -> cache.requireFrom("f".repeat(64))).isInstanceOf(InvalidInput.class).hasMessageContaining("0123456789ab");
        }
    }

    private static TokenCache.Grid grid(String name, int rows, int columns, int codebook, Philox random) {
        int[] codes = new int[rows * columns];
        Arrays.setAll(codes, i -> i == 0 ? codebook - 1 : random.nextInt(codebook));
        return new TokenCache.Grid(name, rows, columns, codes);
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                damage("is no file of picture codes", f -> put(f, 0, (byte) 'Y')),
                damage("is no file of picture codes", f -> Arrays.copyOf(f, 40)),
                damage("older version", f -> put(f, 7, (byte) '1')),
                damage("sha256", f -> put(f, 10, (byte) 'g')),
                damage("sha256", f -> put(f, 73, (byte) (f[73] == 'a' ? 'b' : 'a'))),
                damage("sha256", f -> put(f, f.length - 4, (byte) 3)),
                damage("control characters", f -> put(f, FIRST_ENTRY + 20, (byte) '\n')),
                damage("fingerprint", f -> put(f, 74, (byte) 'Z')),
                damage("bytes of a code", f -> putInt(f, 136, 4)),
                damage("bytes of a code", f -> putInt(f, 140, 0)),
                damage("does not fit", f -> putInt(f, 144, Integer.MAX_VALUE)),
                damage("does not fit", f -> putInt(f, 144, -1)),
                damage("does not fit", f -> putInt(f, 148, Integer.MAX_VALUE)),
                damage("picture 0 has", f -> putInt(f, FIRST_ENTRY, 1)),
                damage("picture 0 has", f -> putInt(f, FIRST_ENTRY + 8, Integer.MAX_VALUE)),
                damage("picture 0 has", f -> putInt(f, FIRST_ENTRY + 12, 0)),
                damage("picture 0 has a name of", f -> putInt(f, FIRST_ENTRY + 16, 4096)),
                damage("picture 0 has a name of", f -> putInt(f, FIRST_ENTRY + 16, 0)),
                damage("not UTF-8", f -> put(f, FIRST_ENTRY + 20, (byte) 0xff)),
                damage("belong to no picture", f -> Arrays.copyOf(f, f.length + 2)),
                damage("has code 1000, the codebook has 1000", f -> put(put(f, f.length - 2, (byte) (1000 & 0xff)), f.length - 1, (byte) (1000 >> 8))),
                damage("picture 0 has", f -> Arrays.copyOf(f, f.length - 2)));
    }

    private static Arguments damage(String message, UnaryOperator<byte[]> change) {
        return Arguments.of(message, change);
    }

    private static byte[] put(byte[] file, int at, byte value) {
        file[at] = value;
        return file;
    }

    private static byte[] putInt(byte[] file, int at, int value) {
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        return file;
    }

    @ParameterizedTest
    @MethodSource("damages")
    void aDamagedFileIsRefusedWithItsName(String message, UnaryOperator<byte[]> change) throws IOException {
        Path file = folder.resolve("codes");
        TokenCache.write(file, FINGERPRINT, 1000, List.of(new TokenCache.Grid("x", 2, 2, new int[] {0, 1, 2, 999})));
        Files.write(file, change.apply(Files.readAllBytes(file)));
        assertThatThrownBy(() -> TokenCache.open(file)).isInstanceOf(InvalidInput.class).hasMessageContaining(file.toString()).hasMessageContaining(message);
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> TokenCache.open(folder.resolve("none"))).isInstanceOf(InvalidInput.class).hasMessageContaining("no such file");
    }
}
