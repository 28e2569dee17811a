package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;

/**
 * A convolution's weight [out, in, kernelHeight, kernelWidth] as the B operand of the product with patches: forward
 * [taps · in, out], backward [taps · out, in] with the taps in reverse. A strided convolution runs backward once per phase of its
 * stride, each over every stride-th tap.
 */
final class KernelPanels implements PanelSource {
    private static final int SLOT_LINE = 11;

    private final MemorySegment weight;
    private final DType dtype;
    private final int in;
    private final int kernelHeight;
    private final int kernelWidth;
    private final boolean forward;
    private final int depthChannels;
    private final int tapsWide;
    private final int lastRow; // backward: the kernel row of the first tap, going up by step
    private final int lastColumn;
    private final int step;

    private KernelPanels(Tensor weight, boolean forward, int tapsWide, int lastRow, int lastColumn, int step) {
        this.weight = weight.segment();
        dtype = weight.dtype();
        in = weight.size(1);
        kernelHeight = weight.size(2);
        kernelWidth = weight.size(3);
        this.forward = forward;
        depthChannels = forward ? in : weight.size(0);
        this.tapsWide = tapsWide;
        this.lastRow = lastRow;
        this.lastColumn = lastColumn;
        this.step = step;
    }

    /** [kernelHeight, kernelWidth, in] by out. */
    static KernelPanels forward(Tensor weight) {
        return new KernelPanels(weight, true, weight.size(3), 0, 0, 1);
    }

    /** [taps, out] by in: rows lastRow, lastRow - step, ... and likewise columns, tapsWide of them. */
    static KernelPanels backward(Tensor weight, int tapsWide, int lastRow, int lastColumn, int step) {
        return new KernelPanels(weight, false, tapsWide, lastRow, lastColumn, -step);
    }

    /** Gathered element by element: better packed once. */
    @Override
    public boolean isCostly() {
        return true;
    }

    @Override
    public void pack(int first, int count, int width, int depthFrom, int depth, float[] to, int at) {
        if (count < width) {
            Arrays.fill(to, at, at + depth * width, 0f);
        }
        int taps = kernelHeight * kernelWidth;
        float[] line = Scratch.get().floats(SLOT_LINE, Math.max(in, width) * taps); // [in, taps], or the part of it that the panel needs
        if (forward) {
            for (int i = 0; i < count; i++) {
                FloatRuns.copy(weight, dtype, (long) (first + i) * in * taps, in * taps, line, 0);
                int tap = depthFrom / in;
                int channel = depthFrom % in;
                for (int q = at + i; q < at + depth * width; q += width) {
                    to[q] = line[channel * taps + tap];
                    if (++channel == in) {
                        channel = 0;
                        tap++;
                    }
                }
            }
        } else {
            for (int p = 0; p < depth; p++) {
                int tap = (depthFrom + p) / depthChannels;
                int channel = (depthFrom + p) % depthChannels;
                int tapAt = (lastRow + tap / tapsWide * step) * kernelWidth + lastColumn + tap % tapsWide * step;
                FloatRuns.copy(weight, dtype, ((long) channel * in + first) * taps, count * taps, line, 0);
                for (int i = 0; i < count; i++) {
                    to[at + p * width + i] = line[i * taps + tapAt];
                }
            }
        }
    }
}
