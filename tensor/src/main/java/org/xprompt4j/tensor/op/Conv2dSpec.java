package org.xprompt4j.tensor.op;

/**
 * Stride and zero padding of a two-dimensional convolution.
 *
 * @param stride the same in both directions, at least 1
 * @param top rows of zeros above
 * @param bottom rows of zeros below
 * @param left columns of zeros to the left
 * @param right columns of zeros to the right
 */
public record Conv2dSpec(int stride, int top, int bottom, int left, int right) {
    /** Refuses strides and paddings that no convolution has. */
    public Conv2dSpec {
        if (stride < 1 || top < 0 || bottom < 0 || left < 0 || right < 0) {
            throw new IllegalArgumentException("conv2d needs stride >= 1 and padding >= 0, got stride " + stride
                    + ", padding " + top + "," + bottom + "," + left + "," + right);
        }
    }

    /** Stride 1 with the same padding on every side. */
    public static Conv2dSpec padded(int padding) {
        return new Conv2dSpec(1, padding, padding, padding, padding);
    }

    /** The VQGAN's downsampling: stride 2, one row below and one column to the right. */
    public static Conv2dSpec downsample() {
        return new Conv2dSpec(2, 0, 1, 0, 1);
    }

    /** Output height of an input height under a kernel height. */
    public long outHeight(long height, long kernel) {
        return outSize("height", height, top + bottom, kernel);
    }

    /** Output width of an input width under a kernel width. */
    public long outWidth(long width, long kernel) {
        return outSize("width", width, left + right, kernel);
    }

    private long outSize(String what, long size, long padding, long kernel) {
        if (size + padding < kernel) {
            throw new IllegalArgumentException("conv2d: a kernel of " + what + " " + kernel + " does not fit a picture of " + what + " " + size
                    + " padded by " + padding);
        }
        return (size + padding - kernel) / stride + 1;
    }
}
