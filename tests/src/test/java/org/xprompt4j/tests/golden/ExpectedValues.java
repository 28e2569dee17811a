package org.xprompt4j.tests.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.SafetensorsFile;

/** What a fixture expects, against what {@code xp reproduce} wrote. */
final class ExpectedValues {
    /** Tensors of a fixture that are given, not expected. */
    static final Set<String> INPUTS = Set.of("input_ids", "vq.pixels", "train.labels", "pixels");

    private static final double TOLERANCE = 1e-5; // of the largest magnitude of the tensor

    private ExpectedValues() {
    }

    /** Fails unless every expected value was written: integers equal, numbers within 1e-5 of the tensor's largest. */
    static void require(Path folder, Path out) {
        try (SafetensorsFile expected = SafetensorsFile.open(folder.resolve("io.safetensors")); SafetensorsFile actual = SafetensorsFile.open(out)) {
            for (SafetensorsFile.Entry entry : expected.entries()) {
                if (INPUTS.contains(entry.name())) {
                    continue;
                }
                Tensor mine = actual.tensor(entry.name(), entry.shape().toArray());
                Tensor theirs = expected.tensor(entry.name());
                assertThat(mine.dtype()).as(entry.name()).isEqualTo(theirs.dtype());
                if (!theirs.dtype().isFloating()) {
                    assertThat(mine.toIntArray()).as(entry.name()).isEqualTo(theirs.toIntArray());
                } else if (entry.name().equals("causal.logits_text_only")) {
                    assertTextOnly(mine.toFloatArray(), theirs.toFloatArray());
                } else {
                    Closeness.assertClose(entry.name(), mine, theirs, TOLERANCE);
                }
            }
        }
    }

    /** The lowest float stands where image tokens are; it must not set the scale of the others. */
    private static void assertTextOnly(float[] mine, float[] theirs) {
        for (int i = 0; i < theirs.length; i++) {
            if (theirs[i] == -Float.MAX_VALUE) {
                assertThat(mine[i]).isEqualTo(-Float.MAX_VALUE);
                mine[i] = 0;
                theirs[i] = 0;
            }
        }
        Closeness.assertClose("causal.logits_text_only", mine, theirs, TOLERANCE);
    }
}
