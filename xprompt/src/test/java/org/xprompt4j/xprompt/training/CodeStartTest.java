package org.xprompt4j.xprompt.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.xprompt.TinyModel;
import org.xprompt4j.xprompt.prompt.Arrangement;

class CodeStartTest {
    private static double meanSquare(float[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += (double) values[i] * values[i];
        }
        return sum / (to - from);
    }

    @Test
    void scalesAreThoseOfTheDescription() {
        try (TinyModel tiny = new TinyModel(1, Arrangement.SHARED)) {
            CodeStart.apply(tiny.backend, tiny.chameleon, tiny.vqgan, 5);
            ImageTokens tokens = tiny.imageTokens();
            int hidden = tiny.chameleon.config().hiddenSize();
            int first = tokens.firstId() * hidden;
            int end = first + tokens.codes() * hidden;
            assertThat(Math.sqrt(meanSquare(tiny.chameleon.head().value().toFloatArray(), first, end))).isBetween(0.0199, 0.0201);
            assertThat(Math.sqrt(meanSquare(tiny.chameleon.embedding().value().toFloatArray(), first, end))).isBetween(0.48, 0.53);
            tiny.chameleon.forEachParameter((name, parameter) -> {
                float[] values = parameter.value().toFloatArray();
                double std = Math.sqrt(meanSquare(values, 0, values.length));
                if (name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight")) {
                    assertThat(std).as(name).isBetween(0.008, 0.012);
                } else if (name.endsWith("_proj.weight")) {
                    assertThat(std * Math.sqrt(parameter.shape().dim(1))).as(name).isBetween(0.54, 0.66);
                }
            });
        }
    }

    @Test
    void codesThatLookAlikeStartAlike() {
        try (TinyModel tiny = new TinyModel(1, Arrangement.SHARED); MemoryScope scope = tiny.backend.openScope("test")) {
            float[] book = tiny.vqgan.quantized(new Ops(tiny.backend, scope), scope.of(new int[] {3, 4, 5}, 1, 1, 3)).toFloatArray();
            int dim = book.length / 3;
            float[] table = tiny.vqgan.parameters().get("quantize.embedding.weight").value().toFloatArray();
            System.arraycopy(table, 3 * dim, table, 4 * dim, dim); // code 4 becomes a twin of code 3
            tiny.vqgan.parameters().get("quantize.embedding.weight").value().set(table);
            CodeStart.apply(tiny.backend, tiny.chameleon, tiny.vqgan, 5);
            assertThat(distance(tiny, 3, 4)).isLessThan(0.2 * distance(tiny, 3, 5));
        }
    }

    private static double distance(TinyModel tiny, int a, int b) {
        int hidden = tiny.chameleon.config().hiddenSize();
        float[] head = tiny.chameleon.head().value().toFloatArray();
        double sum = 0;
        for (int i = 0; i < hidden; i++) {
            double d = head[tiny.imageTokens().id(a) * hidden + i] - head[tiny.imageTokens().id(b) * hidden + i];
            sum += d * d;
        }
        return Math.sqrt(sum);
    }
}
