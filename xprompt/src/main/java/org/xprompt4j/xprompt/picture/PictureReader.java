package org.xprompt4j.xprompt.picture;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.function.Function;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.stream.ImageInputStream;
import org.xprompt4j.tensor.InvalidInput;

/**
 * Reads any picture file that somebody may hand over: PNG, JPEG (CMYK too), WebP, GIF, BMP, TIFF. Nothing is believed before it
 * is measured: the file's size and the header's width x height have limits. Grey, palette, alpha (blended on white), 16 bit and
 * EXIF orientation all end in the same upright 8-bit RGB; of an animation the first frame is taken. Whatever fails is an
 * {@link InvalidInput} that names the file. Colour profiles are ignored, as the reference does.
 */
public final class PictureReader {
    /** Largest file that is opened. */
    public static final long MAX_BYTES = 200_000_000;
    /** Largest width x height that is decoded. */
    public static final long MAX_PIXELS = 64_000_000;

    /**
     * Pixels that a byte of a PNG, JPEG, GIF or BMP can stand for at the very most, doubled: deflate packs 1032 bytes of eight
     * pixels into one. A header that claims more lies, whatever follows. Lossless WebP has no such bound.
     */
    private static final long MOST_PIXELS_PER_BYTE = 16_384;
    private static final long CLAIM_FREE = 1 << 20; // pixels that cost too little to ask

    static {
        ImageIO.setUseCache(false);   // no temporary files
    }

    private static final int MOST_SAMPLES = 8; // of a pixel: CMYK and some beside them

    // Byte offsets in a BMP.
    private static final int BMP_HEADER_SIZE = 14;
    private static final int BMP_COMPRESSION = 30;
    private static final int BMP_SIZE_IMAGE = 34;
    private static final int LEAST_PACKED_HEADER = 40; // a shorter one has no such fields

    private PictureReader() {}

    /**
     * @param file a picture file of any kind
     * @return its first picture, upright, on white
     * @throws InvalidInput if it is missing, too large, damaged or not a picture
     */
    public static Picture read(Path file) {
        byte[] bytes;
        try {
            if (!Files.exists(file)) {
                throw new InvalidInput(file + (Files.isSymbolicLink(file) ? ": is a link that leads to no file" : ": there is no such file"));
            }
            if (!Files.isRegularFile(file)) {
                throw new InvalidInput(file + ": is not a file but a folder or device; name a picture file");
            }
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw new InvalidInput(file + ": is " + size / 1_000_000 + " MB, more than the limit of " + MAX_BYTES / 1_000_000 + " MB; shrink it first");
            }
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be read (" + e.getMessage() + "); check its permissions", e);
        }
        return decode(bytes, file.toString());
    }

    /**
     * @param bytes a whole picture file
     * @param name  what to call it in messages
     * @return its first picture, upright, on white
     * @throws InvalidInput if it is damaged or not a picture
     */
    public static Picture decode(byte[] bytes, String name) {
        return decode(bytes, name, MAX_PIXELS);
    }

    /** As {@link #decode(byte[], String)}, with a limit of one's own on width x height. */
    public static Picture decode(byte[] bytes, String name, long maxPixels) {
        return checked(bytes, name, maxPixels, image -> Upright.turn(Opaque.rgb(image), Upright.orientation(bytes)));
    }

    /**
     * As the decoder gives it, with its transparency; EXIF orientation, which no drawing has, is not looked at.
     *
     * @param maxPixels limit on width x height
     */
    public static BufferedImage decodeWithAlpha(byte[] bytes, String name, long maxPixels) {
        return checked(bytes, name, maxPixels, image -> image);
    }

    private static <T> T checked(byte[] bytes, String name, long maxPixels, Function<BufferedImage, T> rest) {
        if (bytes.length == 0) {
            throw new InvalidInput(name + ": is empty; give a PNG, JPEG, WebP, GIF, BMP or TIFF picture");
        }
        try (ImageInputStream stream = new PictureBytes(bytes)) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
            if (!readers.hasNext()) {
                throw new InvalidInput(name + ": is not a picture that can be read; give a PNG, JPEG, WebP, GIF, BMP or TIFF file");
            }
            ImageReader reader = readers.next();
            try {
                refuseTruncatedJpeg(reader, bytes, name);
                refuseEndlessBmp(reader, bytes, name);
                return rest.apply(decode(reader, stream, bytes.length, name, maxPixels));
            } finally {
                reader.dispose();
            }
        } catch (InvalidInput e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Decoders meet hostile bytes with all kinds of unchecked exceptions: index, null, negative size.
            throw new InvalidInput(name + ": is damaged or not really the picture it says it is (" + oneLine(e) + "); save it again or give another", e);
        } catch (OutOfMemoryError e) {
            throw new InvalidInput(name + ": needs more memory than Java was given; shrink the picture or raise -Xmx", e);
        }
    }

    private static BufferedImage decode(ImageReader reader, ImageInputStream stream, long fileBytes, String name, long maxPixels) throws IOException {
        // Metadata is ignored so that no compressed colour profile or text chunk is inflated.
        reader.setInput(stream, true, true);
        long width = reader.getWidth(0);
        long height = reader.getHeight(0);
        if (width < 1 || height < 1) {
            throw new InvalidInput(name + ": its header says " + width + " x " + height + " pixels; it is damaged");
        }
        if (width * height > maxPixels) {
            throw new InvalidInput(name + ": its header says " + width + " x " + height + " pixels, more than the limit of "
                    + maxPixels + "; shrink it first");
        }
        boolean bounded = reader.getFormatName().toLowerCase(Locale.ROOT).matches("png|gif|bmp|jp.*");
        if (bounded && width * height > CLAIM_FREE + MOST_PIXELS_PER_BYTE * fileBytes) {
            throw new InvalidInput(name + ": its header says " + width + " x " + height + " pixels, but its " + fileBytes
                    + " bytes cannot hold them; it is damaged or made to harm");
        }
        refuseCostlySamples(reader, name);
        BufferedImage image = reader.read(0);
        if (image == null || image.getWidth() > width || image.getHeight() > height) {
            throw new IIOException("the picture is not of the size in its header");
        }
        return image;
    }

    /** The JDK fills the missing part of a JPEG with grey and only warns, so the end marker is looked for here, behind the start of the scan. */
    private static void refuseTruncatedJpeg(ImageReader reader, byte[] bytes, String name) throws IOException {
        if (!reader.getFormatName().toLowerCase(Locale.ROOT).contains("jp")) {
            return;
        }
        int scan = 2;
        while (scan + 4 <= bytes.length && (bytes[scan + 1] & 0xFF) != 0xDA) {   // an EXIF thumbnail has an end marker of its own
            scan += 2 + ((bytes[scan + 2] & 0xFF) << 8 | bytes[scan + 3] & 0xFF);
        }
        for (int i = bytes.length - 2; i > scan; i--) {
            if ((bytes[i] & 0xFF) == 0xFF && (bytes[i + 1] & 0xFF) == 0xD9) {
                return;
            }
        }
        throw new InvalidInput(name + ": is a truncated JPEG (no end marker); copy or save it again");
    }

    /**
     * The JDK makes an array of as many bytes as the header of a packed BMP claims for its pixels (biSizeImage; biCompression 0 and 3 are not
     * packed).
     */
    private static void refuseEndlessBmp(ImageReader reader, byte[] bytes, String name) throws IOException {
        if (!reader.getFormatName().equalsIgnoreCase("bmp") || bytes.length < BMP_SIZE_IMAGE + 4) {
            return;
        }
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int compression = header.getInt(BMP_COMPRESSION);
        long claimed = Integer.toUnsignedLong(header.getInt(BMP_SIZE_IMAGE));
        if (header.getInt(BMP_HEADER_SIZE) >= LEAST_PACKED_HEADER && compression != 0 && compression != 3 && claimed > bytes.length) {
            throw new InvalidInput(name + ": its header says " + claimed + " bytes of pixels (biSizeImage), but the file has " + bytes.length
                    + "; it is damaged or made to harm");
        }
    }

    /**
     * The JDK makes a table of 2^depth numbers for each kind of sample of a TIFF, and pictures of as many samples a pixel as the header
     * says, whatever the size of the file. Asked of the decoder itself, which goes on in its own way where a directory is damaged.
     */
    private static void refuseCostlySamples(ImageReader reader, String name) throws IOException {
        if (!reader.getFormatName().toLowerCase(Locale.ROOT).startsWith("tif")) {
            return;
        }
        TIFFDirectory directory = TIFFDirectory.createFromMetadata(reader.getImageMetadata(0));
        TIFFField samples = directory.getTIFFField(BaselineTIFFTagSet.TAG_SAMPLES_PER_PIXEL);
        TIFFField depths = directory.getTIFFField(BaselineTIFFTagSet.TAG_BITS_PER_SAMPLE);
        int most = Math.max(samples == null ? 1 : samples.getAsInt(0), depths == null ? 1 : depths.getCount());
        if (most > MOST_SAMPLES) {
            throw new InvalidInput(name + ": its header says " + most + " samples a pixel (SamplesPerPixel, BitsPerSample), and at most " + MOST_SAMPLES
                    + " can be read; save it again as RGB");
        }
        for (int i = 0; depths != null && i < depths.getCount(); i++) {
            int depth = depths.getAsInt(i);
            if (depth < 1 || depth > 16 && depth != 32 && depth != 64) {
                throw new InvalidInput(name + ": its header says " + depth
                        + " bits a sample (BitsPerSample), and 1 to 16, 32 or 64 can be read; save it again with 8 or 16");
            }
        }
    }

    private static String oneLine(Throwable e) {
        String message = e.getMessage() == null ? "" : e.getMessage();
        String line = message.lines().findFirst().orElse("").replaceAll("[\\p{Cc}\\u2028\\u2029]+", " ").strip();
        if (line.isEmpty() || e instanceof NullPointerException) {
            return "its data makes no sense";
        }
        return line.length() > 120 ? line.substring(0, 120) + "..." : line;
    }
}
