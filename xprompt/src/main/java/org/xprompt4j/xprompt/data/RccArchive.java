package org.xprompt4j.xprompt.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.xprompt4j.tensor.InvalidInput;

/**
 * A Qt resource file ({@code .rcc}), big-endian: {@code qres}, int32 version, int32 offsets of tree, data and names.
 * A node of the tree has 22 bytes (14 before version 2): int32 name, uint16 flags; a folder (flag 2) then int32 count and int32 first
 * child, a file 4 bytes of locale and int32 data offset. A name is uint16 length, 4 bytes of hash, UTF-16. Data is int32 length and
 * bytes; with flag 1 these are int32 size and a zlib stream. The file is input: every offset is checked before it is followed.
 */
final class RccArchive {
    private static final int COMPRESSED = 1;
    private static final int FOLDER = 2;
    private static final int ZSTD = 4;
    private static final int MAX_DEPTH = 64;
    private static final int MAX_NODES = 1_000_000;
    private static final int MAX_ENTRY = 256_000_000;

    private final ByteBuffer in;
    private final String where;
    private final int tree;
    private final int data;
    private final int names;
    private final int nodeSize;
    private final BitSet seen = new BitSet();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    private RccArchive(byte[] bytes, String where) {
        this.in = ByteBuffer.wrap(bytes);
        this.where = where;
        if (bytes.length < 20 || in.getInt(0) != 0x71726573) {
            throw damaged("does not begin with qres");
        }
        int version = in.getInt(4);
        if (version < 1 || version > 3) {
            throw damaged("has version " + version + ", expected 1 to 3");
        }
        nodeSize = version >= 2 ? 22 : 14;
        tree = in.getInt(8);
        data = in.getInt(12);
        names = in.getInt(16);
        folder(checkedNode(0), "", 0);
    }

    /**
     * @param bytes the whole file
     * @param where what to call it in messages
     * @return path to contents of each file, in the order of the tree
     */
    static Map<String, byte[]> read(byte[] bytes, String where) {
        return new RccArchive(bytes, where).entries;
    }

    private void folder(int node, String path, int depth) {
        if (depth > MAX_DEPTH) {
            throw damaged("has folders more than " + MAX_DEPTH + " deep");
        }
        if ((in.getShort(node + 4) & FOLDER) == 0) {
            throw damaged("has a root that is not a folder");
        }
        int count = in.getInt(node + 6);
        int first = in.getInt(node + 10);
        if (count < 0 || count > MAX_NODES || first < 0 || first > MAX_NODES) {
            throw damaged("has a folder of " + count + " entries from " + first);
        }
        for (int i = 0; i < count; i++) {
            int child = checkedNode(first + i);
            String childPath = (path.isEmpty() ? "" : path + "/") + name(in.getInt(child));
            if ((in.getShort(child + 4) & FOLDER) != 0) {
                folder(child, childPath, depth + 1);
            } else {
                entries.put(childPath, contents(in.getInt(child + 10), in.getShort(child + 4), childPath));
            }
        }
    }

    /** The place of a node, which may be visited once only: a loop would never end. */
    private int checkedNode(int index) {
        long at = tree + (long) index * nodeSize;
        if (tree < 0 || at + nodeSize > in.capacity()) {
            throw damaged("has node " + index + " outside the file");
        }
        if (seen.get(index)) {
            throw damaged("has node " + index + " in two places");
        }
        seen.set(index);
        return (int) at;
    }

    private String name(int offset) {
        long at = (long) names + offset;
        if (names < 0 || offset < 0 || at + 6 > in.capacity()) {
            throw damaged("has a name outside the file");
        }
        int length = 2 * (in.getShort((int) at) & 0xFFFF);
        if (at + 6 + length > in.capacity()) {
            throw damaged("has a name outside the file");
        }
        byte[] utf16 = new byte[length];
        in.get((int) at + 6, utf16);
        String name = new String(utf16, StandardCharsets.UTF_16BE);
        if (name.isEmpty() || name.contains("/") || name.equals("..")) {
            throw damaged("has an entry named \"" + name + "\"");
        }
        return name;
    }

    private byte[] contents(int offset, int flags, String path) {
        long at = (long) data + offset;
        if (data < 0 || offset < 0 || at + 4 > in.capacity()) {
            throw damaged("has \"" + path + "\" outside the file");
        }
        int length = in.getInt((int) at);
        if (length < 0 || at + 4 + length > in.capacity()) {
            throw damaged("has \"" + path + "\" outside the file");
        }
        if ((flags & ZSTD) != 0) {
            throw damaged("has \"" + path + "\" compressed with zstd, which is not supported");
        }
        byte[] bytes = new byte[length];
        in.get((int) at + 4, bytes);
        return (flags & COMPRESSED) == 0 ? bytes : inflate(bytes, path);
    }

    private byte[] inflate(byte[] packed, String path) {
        int size = packed.length < 4 ? -1 : ByteBuffer.wrap(packed).getInt();
        if (size < 0 || size > MAX_ENTRY) {
            throw damaged("has \"" + path + "\" of " + size + " bytes");
        }
        byte[] out = new byte[size];
        try (Inflater inflater = new Inflater()) {
            inflater.setInput(packed, 4, packed.length - 4);
            int n = 0;
            while (n < size) {
                int step = inflater.inflate(out, n, size - n);
                if (step == 0) {
                    throw damaged("has \"" + path + "\" shorter than it says");
                }
                n += step;
            }
        } catch (DataFormatException e) {
            throw new InvalidInput(where + ": has \"" + path + "\" with broken compression; fetch the package again", e);
        }
        return out;
    }

    private InvalidInput damaged(String what) {
        return new InvalidInput(where + ": " + what + "; it is not a Qt resource file or is damaged, fetch the package again");
    }
}
