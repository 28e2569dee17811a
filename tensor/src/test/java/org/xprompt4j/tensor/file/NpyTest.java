package org.xprompt4j.tensor.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.HostStorage;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryPool;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Storage;
import org.xprompt4j.tensor.Tensor;

class NpyTest {
    @TempDir
    Path dir;

    private final MemoryScope scope = new MemoryScope("test", new MemoryPool() {
        @Override
        public Storage take(long byteSize, String owner) {
            return new HostStorage(MemorySegment.ofArray(new byte[Math.toIntExact(byteSize) + 64]), owner);
        }

        @Override
        public void giveBack(Storage storage) {
            ((HostStorage) storage).invalidate();
        }

        @Override
        public long reservedBytes() {
            return 0;
        }

        @Override
        public long usedBytes() {
            return 0;
        }
    });

    @Test
    void everyTypeAndRankComesBack() {
        for (DType dtype : new DType[] {DType.F32, DType.F16, DType.I32, DType.I64, DType.U8}) {
            for (long[] dims : new long[][] {{}, {0}, {7}, {2, 3}, {2, 0, 3}, {1, 2, 3, 4}}) {
                Tensor tensor = SafetensorsTest.counting(dtype, dims);
                Path path = dir.resolve("a.npy");
                Npy.write(path, tensor);
                Tensor back = Npy.read(path, scope);
                assertThat(back.shape()).isEqualTo(tensor.shape());
                assertThat(back.dtype()).isEqualTo(dtype);
                assertThat(back.toIntArray()).isEqualTo(tensor.toIntArray());
            }
        }
    }

    private Path file(int version, String header, int dataBytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        int lengthBytes = version == 1 ? 2 : 4;
        byte[] out = new byte[8 + lengthBytes + text.length + dataBytes];
        System.arraycopy(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version}, 0, out, 0, 7);
        for (int i = 0; i < lengthBytes; i++) {
            out[8 + i] = (byte) (text.length >> 8 * i);
        }
        System.arraycopy(text, 0, out, 8 + lengthBytes, text.length);
        return Files.write(dir.resolve("x.npy"), out);
    }

    @Test
    void laterVersionsAreRead() throws IOException {
        for (int version = 1; version <= 3; version++) {
            Path path = file(version, "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }   \n", 12);
            assertThat(Npy.read(path, scope).toFloatArray()).containsExactly(0, 0, 0);
        }
        Path path = file(4, "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }   \n", 12);
        assertThatThrownBy(() -> Npy.read(path, scope)).isInstanceOf(InvalidInput.class).hasMessageContaining("version 4.0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }|24|descr must be one of",
        "{'descr': '>f4', 'fortran_order': False, 'shape': (3,), }|12|descr must be one of",
        "{'descr': '<f4', 'fortran_order': True, 'shape': (3,), }|12|fortran_order must be False",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }|12|shape [4] of F32 needs 16 bytes, the file has 12",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }|12|needs 8 bytes",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3), }|12|no tuple of sizes",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,,1), }|12|no tuple of sizes",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }|12|too large",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }|12|too large",
        "{'descr': '<f4', 'shape': (3,), }|12|header must give",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,), }|12|header must give",
    })
    void filesThatLieAreRefused(String header, int bytes, String message) throws IOException {
        Path path = file(1, header, bytes);
        assertThatThrownBy(() -> Npy.read(path, scope)).isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith(path + ": ").hasMessageContaining(message);
    }

    @Test
    void mutatedFilesAreRefusedOrRight() throws IOException {
        Path path = dir.resolve("m.npy");
        Npy.write(path, SafetensorsTest.counting(DType.F32, 2, 3));
        byte[] good = Files.readAllBytes(path);
        long seed = 99;
        for (int round = 0; round < 2000; round++) {
            Philox random = new Philox(seed, round);
            byte[] bad = round % 3 == 0 ? Arrays.copyOf(good, random.nextInt(good.length + 4)) : good.clone();
            if (bad.length > 0 && round % 3 != 0) {
                bad[random.nextInt(round % 3 == 1 ? 12 : bad.length)] = (byte) random.nextInt();
            }
            Files.write(path, bad);
            try {
                assertThat(Npy.read(path, scope).byteSize()).as("seed %d round %d", seed, round).isEqualTo(24);
            } catch (InvalidInput expected) {
                assertThat(expected).as("seed %d round %d", seed, round).hasMessageStartingWith(path + ": ");
            }
        }
    }
}
