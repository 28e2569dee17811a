package org.xprompt4j.xprompt.picture;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.xprompt4j.tensor.InvalidInput;

/** Writes pictures as PNG files that appear whole or not at all, and encodes them as PNG or JPEG bytes. */
public final class PictureWriter {
    static {
        ImageIO.setUseCache(false);
    }

    private PictureWriter() {}

    /**
     * @param file a PNG file to make or replace; its folder is made if missing
     * @throws InvalidInput if it cannot be written
     */
    public static void write(Picture picture, Path file) {
        write(picture.image(), file);
    }

    /** As {@link #write(Picture, Path)}, for what Java2D has drawn. */
    public static void write(BufferedImage image, Path file) {
        WholeFile.write(file, encode(image, "png", Float.NaN));
    }

    /** The picture as a PNG file's bytes. */
    public static byte[] png(Picture picture) {
        return encode(picture.image(), "png", Float.NaN);
    }

    /** What Java2D has drawn, transparency included, as a PNG file's bytes. */
    public static byte[] png(BufferedImage image) {
        return encode(image, "png", Float.NaN);
    }

    /**
     * The picture as a baseline JPEG file's bytes.
     *
     * @param quality 0..1, where 0.92 is hard to tell from the picture
     */
    public static byte[] jpeg(Picture picture, float quality) {
        return encode(picture.image(), "jpeg", quality);
    }

    private static byte[] encode(BufferedImage image, String format, float quality) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            if (!Float.isNaN(quality)) {
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionQuality(quality);
            }
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } catch (IOException e) {
            throw new IllegalStateException("encoding a picture in memory failed", e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
