package org.xprompt4j.xprompt.text;

import java.nio.charset.StandardCharsets;

/**
 * GPT-2's alphabet for bytes: each of the 256 bytes has a printable character, so that tokens can be written as text. Printable
 * Latin-1 bytes stand for themselves, the others for the characters from U+0100 on, in rising order.
 */
final class ByteAlphabet {
    private static final char[] CHARACTER = new char[256]; // [byte]
    private static final int[] BYTE = new int[0x144]; // [character], -1 for characters that stand for no byte

    static {
        java.util.Arrays.fill(BYTE, -1);
        char next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean itself = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            CHARACTER[b] = itself ? (char) b : next++;
            BYTE[CHARACTER[b]] = b;
        }
    }

    private ByteAlphabet() {
    }

    /** The character of a byte, 0 to 255. */
    static char character(int b) {
        return CHARACTER[b];
    }

    /** The byte of a character, -1 when it stands for none. */
    static int byteOf(char c) {
        return c < BYTE.length ? BYTE[c] : -1;
    }

    /** Bytes as their characters. */
    static String write(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            out.append(CHARACTER[b & 0xff]);
        }
        return out.toString();
    }

    /** The bytes that a token stands for; of a token with any other character, such as an added one, its UTF-8. */
    static byte[] read(String token) {
        byte[] out = new byte[token.length()];
        for (int i = 0; i < out.length; i++) {
            int b = byteOf(token.charAt(i));
            if (b < 0) {
                return token.getBytes(StandardCharsets.UTF_8);
            }
            out[i] = (byte) b;
        }
        return out;
    }
}
