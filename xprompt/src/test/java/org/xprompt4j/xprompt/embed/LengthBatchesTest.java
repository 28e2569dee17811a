package org.xprompt4j.xprompt.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LengthBatchesTest {
    @Test
    void everyTextGetsItsOwnVectorAndBatchesStaySmall() {
        List<int[]> texts = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int[] ids = new int[2 + i * 7 % 90];
            ids[0] = i;
            texts.add(ids);
        }
        int[] calls = new int[1];
        float[][] vectors = LengthBatches.embed(texts, batch -> {
            calls[0]++;
            assertThat(Arrays.stream(batch).mapToInt(ids -> ids.length).distinct().count()).isEqualTo(1);
            assertThat(batch.length == 1 || batch.length * batch[0].length <= 64).isTrue();
            return Arrays.stream(batch).map(ids -> new float[] {ids[0], ids.length}).toArray(float[][]::new);
        });
        assertThat(vectors).hasDimensions(200, 2);
        for (int i = 0; i < 200; i++) {
            assertThat(vectors[i]).containsExactly(i, texts.get(i).length);
        }
        assertThat(calls[0]).isBetween(90, 199);
        assertThat(LengthBatches.embed(List.of(), batch -> new float[0][])).isEmpty();
    }
}
