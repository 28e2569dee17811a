package org.xprompt4j.xprompt.picture;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;

/**
 * From whatever ImageIO decoded to opaque 8-bit RGB. Alpha is blended on white as the reference does it (truncated to 8 bits).
 * Grey and RGB samples are taken as stored: the JDK would treat grey as linear light and brighten it.
 */
final class Opaque {
    private Opaque() {}

    static Picture rgb(BufferedImage image) {
        ColorModel model = image.getColorModel();
        int type = model.getColorSpace().getType();
        boolean plain = model instanceof ComponentColorModel && (type == ColorSpace.TYPE_GRAY || type == ColorSpace.TYPE_RGB);
        return plain ? stored(image, type == ColorSpace.TYPE_GRAY) : converted(image);
    }

    /** Samples as they are in the raster, 8 or 16 bit. */
    private static Picture stored(BufferedImage image, boolean grey) {
        Raster raster = image.getRaster();
        double full = switch (raster.getTransferType()) {
            case DataBuffer.TYPE_BYTE -> 255;
            case DataBuffer.TYPE_USHORT -> 65535;
            default -> throw new IllegalArgumentException("samples are neither 8 nor 16 bit");
        };
        int width = image.getWidth();
        int height = image.getHeight();
        int bands = raster.getNumBands();
        int colours = grey ? 1 : 3;
        boolean alpha = image.getColorModel().hasAlpha() && bands > colours;
        boolean premultiplied = image.isAlphaPremultiplied();
        byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        int[] row = new int[width * bands];
        for (int y = 0; y < height; y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int x = 0; x < width; x++) {
                double a = alpha ? row[x * bands + colours] / full : 1;
                for (int c = 0; c < 3; c++) {
                    double value = row[x * bands + (grey ? 0 : c)] / full;
                    if (premultiplied && a > 0) {
                        value = Math.min(1, value / a);
                    }
                    rgb[3 * (y * width + x) + c] = onWhite((int) Math.round(value * 255), a);
                }
            }
        }
        return new Picture(width, height, rgb);
    }

    /** Palettes, packed pixels and other colour spaces (CMYK) as the JDK converts them. */
    private static Picture converted(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        int[] row = new int[width];
        for (int y = 0; y < height; y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int x = 0; x < width; x++) {
                double a = (row[x] >>> 24) / 255.0;
                for (int c = 0; c < 3; c++) {
                    rgb[3 * (y * width + x) + c] = onWhite(row[x] >> 16 - 8 * c & 0xFF, a);
                }
            }
        }
        return new Picture(width, height, rgb);
    }

    private static byte onWhite(int value, double alpha) {
        return (byte) (alpha == 1 ? value : (int) ((1 - alpha) * 255 + alpha * value));
    }
}
