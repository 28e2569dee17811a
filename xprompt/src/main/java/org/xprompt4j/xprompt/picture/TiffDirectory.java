package org.xprompt4j.xprompt.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The first directory of a TIFF file, or of EXIF data, which is one: looked at before a decoder believes it (TIFF 6.0, section 2). */
final class TiffDirectory {
    private static final int BYTE = 1;
    private static final int SHORT = 3;
    private static final int LONG = 4;

    private final ByteBuffer tiff;
    private final int first; // where the entries begin
    private final int entries;

    private TiffDirectory(ByteBuffer tiff, int first, int entries) {
        this.tiff = tiff;
        this.first = first;
        this.entries = entries;
    }

    /**
     * Finds the directory.
     *
     * @param bytes its first byte is the first of the file
     * @return null when this is no TIFF file, or its directory lies outside it
     */
    static TiffDirectory of(ByteBuffer bytes) {
        if (bytes.capacity() < 8) {
            return null;
        }
        ByteBuffer tiff = bytes.duplicate().order(ByteOrder.BIG_ENDIAN);
        int order = tiff.getShort(0);
        if (order == 0x4949) {
            tiff.order(ByteOrder.LITTLE_ENDIAN);
        } else if (order != 0x4D4D) {
            return null;
        }
        long directory = tiff.getInt(4) & 0xFFFFFFFFL;
        if (tiff.getShort(2) != 42 || directory + 2 > tiff.capacity()) {
            return null;
        }
        int whole = (int) (tiff.capacity() - directory - 2) / 12;
        return new TiffDirectory(tiff, (int) directory + 2, Math.min(whole, tiff.getShort((int) directory) & 0xFFFF));
    }

    /**
     * The numbers of a field, of all its entries when it has several; at most {@code most}. Entries that hold no whole numbers, or
     * whose numbers lie outside the file, have none.
     */
    List<Long> numbers(int tag, int most) {
        List<Long> numbers = new ArrayList<>();
        for (int entry = first; entry < first + 12 * entries; entry += 12) {
            if ((tiff.getShort(entry) & 0xFFFF) == tag) {
                add(entry, most, numbers);
            }
        }
        return numbers;
    }

    private void add(int entry, int most, List<Long> numbers) {
        int type = tiff.getShort(entry + 2);
        int size = type == BYTE ? 1 : type == SHORT ? 2 : type == LONG ? 4 : 0;
        long count = size == 0 ? 0 : tiff.getInt(entry + 4) & 0xFFFFFFFFL;
        long at = count * size <= 4 ? entry + 8 : tiff.getInt(entry + 8) & 0xFFFFFFFFL;
        for (int i = 0; i < count && numbers.size() < most && at + size <= tiff.capacity(); i++, at += size) {
            numbers.add(size == 1 ? tiff.get((int) at) & 0xFFL : size == 2 ? tiff.getShort((int) at) & 0xFFFFL : tiff.getInt((int) at) & 0xFFFFFFFFL);
        }
    }
}
