package org.xprompt4j.xprompt.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * EXIF orientation: finds tag 274 in a JPEG (APP1), PNG (eXIf), WebP (EXIF) or TIFF file and turns the picture upright.
 * The tag is a hint from an untrusted file, so whatever does not parse means "upright" (1).
 */
final class Upright {
    private static final int ORIENTATION = 274;

    private Upright() {}

    /** The EXIF orientation, 1..8; 1 where there is none. */
    static int orientation(byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file);
        if (file.length < 16) {
            return 1;
        }
        int head = in.getInt(0);
        if (head >>> 16 == 0xFFD8) {
            return inJpeg(in);
        }
        if (head == 0x89504E47) {
            return inChunks(in, 8, 4, "eXIf", ByteOrder.BIG_ENDIAN);
        }
        if (head == 0x52494646) {
            return inChunks(in, 12, 0, "EXIF", ByteOrder.LITTLE_ENDIAN);
        }
        return inTiff(in, 0, file.length);
    }

    private static int inJpeg(ByteBuffer in) {
        int at = 2;
        while (at + 4 <= in.capacity() && (in.get(at) & 0xFF) == 0xFF) {
            int marker = in.get(at + 1) & 0xFF;
            int length = in.getShort(at + 2) & 0xFFFF;
            if (marker == 0xDA || length < 2 || at + 2 + length > in.capacity()) {
                return 1;
            }
            if (marker == 0xE1 && length >= 8 && in.getInt(at + 4) == 0x45786966) {   // "Exif"
                return inTiff(in, at + 10, at + 2 + length);
            }
            at += 2 + length;
        }
        return 1;
    }

    /** Chunked files: PNG has length, name, data, CRC; RIFF has name, length, data padded to even. */
    private static int inChunks(ByteBuffer in, int first, int nameAt, String wanted, ByteOrder order) {
        ByteBuffer ordered = in.duplicate().order(order);
        boolean png = nameAt == 4;
        long at = first;
        while (at + 8 <= in.capacity()) {
            long length = ordered.getInt((int) at + (png ? 0 : 4)) & 0xFFFFFFFFL;
            long data = at + 8;
            if (data + length > in.capacity()) {
                return 1;
            }
            byte[] name = new byte[4];
            ordered.get((int) at + nameAt, name);
            if (wanted.equals(new String(name, StandardCharsets.ISO_8859_1))) {
                boolean prefixed = length > 6 && in.getInt((int) data) == 0x45786966;
                return inTiff(in, (int) data + (prefixed ? 6 : 0), (int) (data + length));
            }
            at = data + length + (png ? 4 : length & 1);
        }
        return 1;
    }

    private static int inTiff(ByteBuffer in, int from, int to) {
        if (to - from < 8) {
            return 1;
        }
        ByteBuffer tiff = in.slice(from, to - from);
        int order = tiff.getShort(0);
        if (order == 0x4949) {
            tiff.order(ByteOrder.LITTLE_ENDIAN);
        } else if (order != 0x4D4D) {
            return 1;
        }
        long directory = tiff.getInt(4) & 0xFFFFFFFFL;
        if (tiff.getShort(2) != 42 || directory + 2 > tiff.capacity()) {
            return 1;
        }
        int entries = tiff.getShort((int) directory) & 0xFFFF;
        for (int i = 0; i < entries; i++) {
            long entry = directory + 2 + 12L * i;
            if (entry + 12 > tiff.capacity()) {
                return 1;
            }
            if ((tiff.getShort((int) entry) & 0xFFFF) == ORIENTATION) {
                int value = tiff.getShort((int) entry + 8) & 0xFFFF;
                return value >= 1 && value <= 8 ? value : 1;
            }
        }
        return 1;
    }

    /** The picture as it was meant to be seen. */
    static Picture turn(Picture picture, int orientation) {
        if (orientation == 1) {
            return picture;
        }
        boolean swapped = orientation >= 5;
        int width = swapped ? picture.height() : picture.width();
        int height = swapped ? picture.width() : picture.height();
        int right = picture.width() - 1;
        int bottom = picture.height() - 1;
        byte[] in = picture.rgb();
        byte[] out = new byte[in.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int sx = switch (orientation) {
                    case 2, 3 -> right - x;
                    case 4 -> x;
                    case 5, 6 -> y;
                    default -> right - y;   // 7, 8
                };
                int sy = switch (orientation) {
                    case 2 -> y;
                    case 3, 4 -> bottom - y;
                    case 5, 8 -> x;
                    default -> bottom - x;   // 6, 7
                };
                System.arraycopy(in, 3 * (sy * picture.width() + sx), out, 3 * (y * width + x), 3);
            }
        }
        return new Picture(width, height, out);
    }
}
