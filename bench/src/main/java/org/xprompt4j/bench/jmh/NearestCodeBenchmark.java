package org.xprompt4j.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Tensor;

/** The look-up of the VQGAN's quantiser. The vectors lie near codes, as an encoder's do, so that rounding decides nothing. */
public class NearestCodeBenchmark extends OperationBenchmark {
    /** Vectors, codes, numbers in a code. */
    @Param({"1024x4096x64", "1024x512x16"})
    public String shape;

    private Tensor z; // [rows, dim]
    private Tensor codebook; // [codes, dim]
    private Output codes; // [rows] I32

    @Override
    void prepare() {
        int[] s = sizes(shape, 3);
        codebook = random(s[1], s[2]);
        float[] all = codebook.toFloatArray();
        float[] noise = random(s[0], s[2]).toFloatArray();
        int[] owner = indices(s[1], s[0]).toIntArray();
        for (int row = 0; row < s[0]; row++) {
            for (int i = 0; i < s[2]; i++) {
                noise[row * s[2] + i] = all[owner[row] * s[2] + i] + 0.2f * noise[row * s[2] + i];
            }
        }
        z = random(s[0], s[2]).set(noise);
        codes = intOutput("codes", s[0]);
    }

    @Override
    void check() {
        compare(0, this::lookUp, codes);
    }

    private void lookUp(Backend device) {
        device.nearestCode(z, codebook, codes.of(device));
    }

    @Override
    public Work work(String method) {
        int[] s = sizes(shape, 3);
        return Work.of(2.0 * s[0] * s[1] * s[2], (double) s[0] * s[2] + (double) s[1] * s[2] + s[0]);
    }

    @Benchmark
    public void forward() {
        lookUp(backend);
    }
}
