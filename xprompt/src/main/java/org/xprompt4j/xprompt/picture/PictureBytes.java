package org.xprompt4j.xprompt.picture;

import java.io.IOException;
import javax.imageio.IIOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A picture file in memory, as decoders read it. Some decoders go on asking when the file is at its end, once for each pixel
 * that its header claims: 77 bytes can keep the lossless WebP decoder busy for minutes. Here they may ask a few times, no more.
 */
final class PictureBytes extends ImageInputStreamImpl {
    private static final int MOST_ASKED_AT_END = 1024; // a decoder that reads ahead asks a handful of times

    private final byte[] bytes;
    private int askedAtEnd;

    PictureBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public int read() throws IOException {
        bitOffset = 0;
        if (streamPos >= bytes.length) {
            return end();
        }
        return bytes[(int) streamPos++] & 0xFF;
    }

    @Override
    public int read(byte[] to, int from, int length) throws IOException {
        bitOffset = 0;
        if (length == 0) {
            return 0;
        }
        if (streamPos >= bytes.length) {
            return end();
        }
        int count = (int) Math.min(length, bytes.length - streamPos);
        System.arraycopy(bytes, (int) streamPos, to, from, count);
        streamPos += count;
        return count;
    }

    @Override
    public long length() {
        return bytes.length;
    }

    private int end() throws IIOException {
        if (++askedAtEnd > MOST_ASKED_AT_END) {
            throw new IIOException("the file ends before its picture does");
        }
        return -1;
    }
}
