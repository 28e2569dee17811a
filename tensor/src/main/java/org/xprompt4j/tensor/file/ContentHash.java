package org.xprompt4j.tensor.file;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.xprompt4j.tensor.Tensor;

/**
 * SHA-256 of content, fed piece by piece: what files carry so that a flipped bit is found when they are read, and what tells
 * models apart. Pieces are hashed as they come, without lengths; whoever joins texts puts separators between them.
 *
 * <pre>{@code
 * String hash = new ContentHash().text("next_position 40\n").tensor(keys).hex();
 * }</pre>
 */
public final class ContentHash {
    private static final int CHUNK = 1 << 16; // bytes copied at a time

    private final MessageDigest digest;

    /** The hash of nothing yet. */
    public ContentHash() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Text as UTF-8. */
    public ContentHash text(String text) {
        return bytes(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** What remains in a buffer, which is read to its end. */
    public ContentHash bytes(ByteBuffer bytes) {
        digest.update(bytes);
        return this;
    }

    /** Memory of any length. */
    public ContentHash bytes(MemorySegment bytes) {
        for (long at = 0; at < bytes.byteSize(); at += 1 << 30) {
            digest.update(bytes.asSlice(at, Math.min(1 << 30, bytes.byteSize() - at)).asByteBuffer());
        }
        return this;
    }

    /** The elements of a contiguous tensor as they lie in memory, little-endian; its shape is not hashed. */
    public ContentHash tensor(Tensor tensor) {
        if (!tensor.isContiguous()) {
            throw new IllegalArgumentException("only a contiguous tensor is hashed, not " + tensor);
        }
        byte[] chunk = new byte[(int) Math.min(CHUNK, tensor.byteSize())];
        long from = tensor.offset() * tensor.dtype().bytes();
        for (long left = tensor.byteSize(); left > 0; left -= chunk.length) {
            int length = (int) Math.min(chunk.length, left);
            tensor.storage().read(from, MemorySegment.ofArray(chunk).asSlice(0, length));
            digest.update(chunk, 0, length);
            from += length;
        }
        return this;
    }

    /** The hash of all pieces as 64 hexadecimal digits; ends the use of this object. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
