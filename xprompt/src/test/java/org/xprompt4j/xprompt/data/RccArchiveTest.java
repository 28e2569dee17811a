package org.xprompt4j.xprompt.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;

/** On an archive made by hand: folder "a" with files "b" (plain) and "c" (zlib), as version 3. */
class RccArchiveTest {
    private static final int TREE = 20;
    private static final int DATA = TREE + 4 * 22;

    private static byte[] archive() {
        byte[] plain = "plain text".getBytes(StandardCharsets.UTF_8);
        Deflater deflater = new Deflater();
        deflater.setInput("packed text".getBytes(StandardCharsets.UTF_8));
        deflater.finish();
        byte[] packed = new byte[100];
        packed = Arrays.copyOf(packed, deflater.deflate(packed));
        deflater.end();
        int second = 4 + plain.length;
        int names = DATA + second + 4 + 4 + packed.length;
        ByteBuffer out = ByteBuffer.allocate(names + 3 * 8);
        out.putInt(0x71726573).putInt(3).putInt(TREE).putInt(DATA).putInt(names);
        folder(out, 0, 1, 1);
        folder(out, 0, 2, 2);
        file(out, 8, 0, 0);
        file(out, 16, 1, second);
        out.putInt(plain.length).put(plain);
        out.putInt(4 + packed.length).putInt("packed text".length()).put(packed);
        for (char name : new char[] {'a', 'b', 'c'}) {
            out.putShort((short) 1).putInt(name).putChar(name);
        }
        return out.array();
    }

    private static void folder(ByteBuffer out, int name, int count, int first) {
        out.putInt(name).putShort((short) 2).putInt(count).putInt(first).putLong(0);
    }

    private static void file(ByteBuffer out, int name, int flags, int data) {
        out.putInt(name).putShort((short) flags).putInt(0).putInt(data).putLong(0);
    }

    private static void refused(int at, int value, String word) {
        byte[] bytes = archive();
        ByteBuffer.wrap(bytes).putInt(at, value);
        assertThatThrownBy(() -> RccArchive.read(bytes, "x.rcc")).isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("x.rcc: ").hasMessageContaining(word);
    }

    @Test
    void filesAreFoundByPath() {
        Map<String, byte[]> entries = RccArchive.read(archive(), "x.rcc");
        assertThat(entries.keySet()).containsExactly("a/b", "a/c");
        assertThat(entries.get("a/b")).asString().isEqualTo("plain text");
        assertThat(entries.get("a/c")).asString().isEqualTo("packed text");
    }

    @Test
    void everyOffsetIsChecked() {
        refused(0, 0x71726574, "qres");
        refused(4, 9, "version 9");
        refused(8, 1_000_000, "outside");
        refused(8, -5, "outside");
        refused(12, 1_000_000, "outside");
        refused(16, Integer.MAX_VALUE, "outside");
        refused(TREE + 6, -1, "entries");
        refused(TREE + 22 + 6, 5000, "x.rcc");
        refused(TREE + 22 + 10, 0, "two places");
        refused(TREE + 44, 1 << 30, "outside");
        refused(TREE + 44 + 10, 1 << 30, "outside");
        refused(DATA, 1 << 30, "outside");
        refused(DATA + 14 + 4, 1 << 30, "bytes");
        refused(DATA + 14 + 4, 50, "shorter");
        refused(DATA + 14 + 8, 0, "compression");
    }

    @Test
    void damageIsRefusedOrReadButNothingElse() {
        long seed = 4;
        Philox random = new Philox(seed, 0);
        for (int trial = 0; trial < 3000; trial++) {
            byte[] bytes = archive();
            for (int i = 0; i <= random.nextInt(4); i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            byte[] cut = Arrays.copyOf(bytes, bytes.length - random.nextInt(3) * random.nextInt(bytes.length / 2));
            try {
                assertThat(RccArchive.read(cut, "x.rcc")).isNotNull();
            } catch (InvalidInput e) {
                assertThat(e.getMessage()).as("seed %d trial %d", seed, trial).startsWith("x.rcc: ");
            }
        }
    }

    @Test
    void readmesAreReadInAllTheirForms() {
        var credits = CreditReadme.read("""
                Copyright: A B
                Source: https://example.org/File:X.jpg
                License: CC-BY 2.0
                Files:
                one.webp
                sub/two.webp

                Files: three.webp
                License: Public Domain
                Copyright:
                  Copyright 2001 NASA
                  Copyright 2018 C D
                Comment: original source at https://example.org/y.jpg

                Copyright: E
                License: CC-BY-SA-4.0
                Comments: cropping
                four_0.webp
                """);
        assertThat(credits.keySet()).containsExactlyInAnyOrder("one.webp", "sub/two.webp", "three.webp", "four_0.webp");
        assertThat(credits.get("sub/two.webp")).isEqualTo(new CreditReadme.Credit("A B", "CC-BY-2.0", "https://example.org/File:X.jpg"));
        assertThat(credits.get("three.webp").author()).isEqualTo("2001 NASA; 2018 C D");
        assertThat(credits.get("three.webp").licence()).isEqualTo("public domain");
        assertThat(CreditReadme.tierA("CC-BY-2.0")).isTrue();
        assertThat(CreditReadme.tierA("public domain")).isTrue();
        assertThat(CreditReadme.tierA(credits.get("four_0.webp").licence())).isFalse();
        assertThat(CreditReadme.tierA("GPLv2+")).isFalse();
    }
}
