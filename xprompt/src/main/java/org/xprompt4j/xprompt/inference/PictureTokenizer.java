package org.xprompt4j.xprompt.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.xprompt.picture.Picture;

/** Pictures to image codes and back through a VQGAN, in batches of equal size. Pixel x becomes x/255·2 - 1 (XPROMPT, section 2). */
public final class PictureTokenizer {
    private static final int BATCH = 16; // pictures at once: bounds the memory of activations

    private final Backend backend;
    private final Vqgan vqgan;

    /** Pictures to codes and back on a device. */
    public PictureTokenizer(Backend backend, Vqgan vqgan) {
        this.backend = backend;
        this.vqgan = vqgan;
    }

    /** The model behind it. */
    public Vqgan vqgan() {
        return vqgan;
    }

    /** Pixels per code along one side. */
    public int reduction() {
        return vqgan.config().reduction();
    }

    /** Codes of a picture of this size. */
    public int codes(int width, int height) {
        return (width / reduction()) * (height / reduction());
    }

    /** Codes of pictures of one size that the reduction divides: [pictures][codes], raster order. */
    public int[][] encode(List<Picture> pictures) {
        int[][] out = new int[pictures.size()][];
        for (int from = 0; from < out.length; from += BATCH) {
            List<Picture> part = pictures.subList(from, Math.min(out.length, from + BATCH));
            try (MemoryScope scope = backend.openScope("tokenize")) {
                Tensor codes = vqgan.encode(new Ops(backend, scope), pixels(scope, part));
                int[] all = codes.toIntArray();
                int each = all.length / part.size();
                for (int i = 0; i < part.size(); i++) {
                    out[from + i] = Arrays.copyOfRange(all, i * each, (i + 1) * each);
                }
            }
        }
        return out;
    }

    /** Pictures of codes [pictures][codes] of one size. */
    public List<Picture> decode(int[][] codes, int width, int height) {
        int columns = width / reduction();
        int rows = height / reduction();
        List<Picture> out = new ArrayList<>();
        for (int from = 0; from < codes.length; from += BATCH) {
            int count = Math.min(codes.length - from, BATCH);
            int[] flat = new int[count * rows * columns];
            for (int i = 0; i < count; i++) {
                if (codes[from + i].length != rows * columns) {
                    throw new IllegalArgumentException(codes[from + i].length + " codes for a picture of " + width + "x" + height
                            + ", which has " + rows * columns);
                }
                System.arraycopy(codes[from + i], 0, flat, i * rows * columns, rows * columns);
            }
            try (MemoryScope scope = backend.openScope("detokenize")) {
                Tensor pixels = vqgan.decode(new Ops(backend, scope), scope.of(flat, count, rows, columns));
                for (int i = 0; i < count; i++) {
                    out.add(picture(pixels.select(0, i).toFloatArray(), width, height));
                }
            }
        }
        return out;
    }

    /** The pictures as the tokenizer gives them back: the ceiling of anything drawn with its codes. */
    public List<Picture> reconstruct(List<Picture> pictures) {
        if (pictures.isEmpty()) {
            return List.of();
        }
        return decode(encode(pictures), pictures.getFirst().width(), pictures.getFirst().height());
    }

    /** Pictures of one size as [batch, height, width, 3] in [-1, 1]. */
    public static Tensor pixels(MemoryScope scope, List<Picture> pictures) {
        int width = pictures.getFirst().width();
        int height = pictures.getFirst().height();
        int each = 3 * width * height;
        float[] values = new float[pictures.size() * each];
        for (int p = 0; p < pictures.size(); p++) {
            Picture picture = pictures.get(p);
            if (picture.width() != width || picture.height() != height) {
                throw new IllegalArgumentException("pictures of " + picture.width() + "x" + picture.height() + " and " + width + "x" + height
                        + " in one batch");
            }
            byte[] rgb = picture.rgb();
            for (int i = 0; i < each; i++) {
                values[p * each + i] = (rgb[i] & 0xff) / 255f * 2 - 1;
            }
        }
        return scope.allocate(DType.F32, pictures.size(), height, width, 3).set(values);
    }

    /** The way out: clamp to [-1, 1], (x + 1) / 2 · 255, truncate. */
    private static Picture picture(float[] hwc, int width, int height) {
        byte[] rgb = new byte[hwc.length];
        for (int i = 0; i < hwc.length; i++) {
            rgb[i] = (byte) (int) ((Math.clamp(hwc[i], -1f, 1f) + 1) / 2 * 255);
        }
        return new Picture(width, height, rgb);
    }
}
