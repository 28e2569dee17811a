package org.xprompt4j.xprompt.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.data.Manifest.Entry;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureReader;
import org.xprompt4j.xprompt.picture.WholeFile;

/**
 * All photographs in one memory-mapped file, little-endian:
 *
 * <pre>
 *   8 bytes    "XPPACK01"
 *   32 bytes   SHA-256 of all that follows
 *   int64      length of the manifest
 *   ...        manifest (JSON, UTF-8), each entry also with offset and length of its picture file, counted from the payload
 *   ...        payload: picture files (JPEG or PNG), one behind the other, no holes
 * </pre>
 *
 * The hash and every offset are checked on opening, so a pack that opens is whole.
 */
public final class PhotoPack implements PhotoSource {
    /** What {@code xp data prepare} calls it. */
    public static final String FILE_NAME = "photos.pack";

    private static final byte[] MAGIC = "XPPACK01".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER = 8 + 32 + 8;

    private final Path file;
    private final ByteBuffer payload;
    private final String fingerprint;
    private final List<Photo> photos = new ArrayList<>();
    private final List<Integer> offsets = new ArrayList<>();
    private final List<Integer> lengths = new ArrayList<>();
    private final KeptPictures pictures;

    private PhotoPack(Path file, ByteBuffer map) {
        this.file = file;
        if (map.capacity() < HEADER) {
            throw damaged("is too short for its header");
        }
        byte[] magic = new byte[8];
        map.get(0, magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new InvalidInput(file + ": is not a pack of photographs; make one with: xp data prepare");
        }
        byte[] hash = new byte[32];
        map.get(8, hash);
        fingerprint = HexFormat.of().formatHex(hash);
        long manifestLength = map.getLong(40);
        if (manifestLength < 2 || manifestLength > map.capacity() - HEADER) {
            throw damaged("its manifest of " + manifestLength + " bytes does not fit in the file");
        }
        if (!Sha256.hex(map.slice(40, map.capacity() - 40)).equals(fingerprint)) {
            throw damaged("its contents do not have the hash in its header");
        }
        byte[] manifest = new byte[(int) manifestLength];
        map.get(HEADER, manifest);
        int start = HEADER + manifest.length;
        payload = map.slice(start, map.capacity() - start);
        long expected = 0;
        for (Entry entry : Manifest.read(manifest, file.toString())) {
            String at = file + ": photos[" + photos.size() + "]";
            long offset = Manifest.number(entry.node(), "offset", at, payload.capacity());
            long length = Manifest.number(entry.node(), "length", at, payload.capacity());
            if (offset != expected || offset + length > payload.capacity()) {
                throw damaged("photos[" + photos.size() + "] does not follow the one before it inside the payload");
            }
            expected = offset + length;
            photos.add(entry.photo());
            offsets.add((int) offset);
            lengths.add((int) length);
        }
        if (expected != payload.capacity()) {
            throw damaged("has " + (payload.capacity() - expected) + " bytes that belong to no photograph");
        }
        pictures = new KeptPictures(photos.size(), this::decode);
    }

    /** @throws InvalidInput if the file is missing, not a pack or damaged */
    public static PhotoPack open(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > Integer.MAX_VALUE) {
                throw new InvalidInput(file + ": is larger than 2 GB; make a smaller pack");
            }
            return new PhotoPack(file, channel.map(MapMode.READ_ONLY, 0, size).order(ByteOrder.LITTLE_ENDIAN));
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be read (" + e.getMessage() + "); make it with: xp data prepare", e);
        }
    }

    /** Writes a pack; the file appears whole or not at all. */
    static void write(Path file, List<Photo> photos, List<byte[]> encoded) {
        List<ObjectNode> nodes = new ArrayList<>();
        int offset = 0;
        for (int i = 0; i < photos.size(); i++) {
            nodes.add(Manifest.node(photos.get(i)).put("offset", offset).put("length", encoded.get(i).length));
            offset = Math.addExact(offset, encoded.get(i).length);
        }
        byte[] manifest = Manifest.write(nodes);
        ByteBuffer out = ByteBuffer.allocate(Math.addExact(HEADER + manifest.length, offset)).order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC).put(new byte[32]).putLong(manifest.length).put(manifest);
        encoded.forEach(out::put);
        byte[] bytes = out.array();
        System.arraycopy(Sha256.of(Arrays.copyOfRange(bytes, 40, bytes.length)), 0, bytes, 8, 32);
        WholeFile.write(file, bytes);
    }

    private Picture decode(int i) {
        byte[] bytes = new byte[lengths.get(i)];
        payload.get(offsets.get(i), bytes);
        return PictureReader.decode(bytes, file + ", \"" + photos.get(i).id() + "\"");
    }

    private InvalidInput damaged(String what) {
        return new InvalidInput(file + ": " + what + "; the pack is damaged, make it again with: xp data prepare");
    }

    @Override
    public int size() {
        return photos.size();
    }

    @Override
    public Photo photo(int i) {
        return photos.get(i);
    }

    @Override
    public Picture picture(int i) {
        return pictures.get(i, photos.get(i), file.toString());
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }
}
