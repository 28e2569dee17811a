package org.xprompt4j.tests.picture;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** PNG files built chunk by chunk, so that each can be as odd as a test wants it. */
final class PngBytes {
    static final int GREY = 0;
    static final int RGB = 2;
    static final int PALETTE = 3;
    static final int GREY_ALPHA = 4;
    static final int RGB_ALPHA = 6;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    PngBytes(int width, int height, int bits, int colours, boolean interlaced) {
        out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
        chunk("IHDR", ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) bits).put((byte) colours).put((byte) 0).put((byte) 0)
                .put((byte) (interlaced ? 1 : 0)).array());
    }

    PngBytes chunk(String name, byte... data) {
        ByteBuffer named = ByteBuffer.allocate(4 + data.length).put(name.getBytes(StandardCharsets.US_ASCII)).put(data);
        CRC32 crc = new CRC32();
        crc.update(named.array());
        out.writeBytes(ByteBuffer.allocate(12 + data.length).putInt(data.length).put(named.array()).putInt((int) crc.getValue()).array());
        return this;
    }

    /** Rows as they are before compression, filter bytes included. */
    PngBytes pixels(int... rows) {
        return chunk("IDAT", deflated(bytes(rows)));
    }

    /** The file with its end. */
    byte[] end() {
        return chunk("IEND").out.toByteArray();
    }

    /** The file as it is so far. */
    byte[] unfinished() {
        return out.toByteArray();
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    static byte[] deflated(byte[] data) {
        try (Deflater deflater = new Deflater(9)) {
            deflater.setInput(data);
            deflater.finish();
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 16];
            while (!deflater.finished()) {
                packed.write(buffer, 0, deflater.deflate(buffer));
            }
            return packed.toByteArray();
        }
    }
}
