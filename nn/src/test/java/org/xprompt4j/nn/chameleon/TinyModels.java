package org.xprompt4j.nn.chameleon;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

import org.xprompt4j.tensor.Philox;

/** Random configurations for tests; no size a multiple of anything that is not needed. */
final class TinyModels {
    private TinyModels() {
    }

    static ChameleonConfig random(Philox random) {
        return random(random, 1);
    }

    /** Heads have at least twice {@code halfHead} numbers. */
    static ChameleonConfig random(Philox random, int halfHead) {
        int kvHeads = 1 + random.nextInt(3);
        int heads = kvHeads * (1 + random.nextInt(3));
        int hidden = heads * 2 * (halfHead + random.nextInt(5));
        int vocab = 30 + random.nextInt(20);
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        vocabulary.put(ImageTokens.BOS, 0);
        for (int code = 0; code < 13; code++) {
            vocabulary.put(ImageTokens.name(code), vocab - 1 - code); // descending
        }
        return ChameleonConfig.of(vocab, hidden, 3 + random.nextInt(40), 1 + random.nextInt(3), heads, kvHeads)
                .withSwinNorm(random.nextInt(2) == 0).withTiedHead(random.nextInt(2) == 0)
                .withBiases(random.nextInt(2) == 0, random.nextInt(2) == 0).withVocabularyMap(vocabulary);
    }

    static int[][] ids(Philox random, int batch, int seq, int vocab) {
        int[][] ids = new int[batch][seq];
        for (int[] row : ids) {
            for (int i = 0; i < seq; i++) {
                row[i] = random.nextInt(vocab);
            }
        }
        return ids;
    }

    static int[] flat(int[][] rows) {
        return Arrays.stream(rows).flatMapToInt(Arrays::stream).toArray();
    }

    static int[] positions(int batch, int seq) {
        int[] positions = new int[batch * seq];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = i % seq;
        }
        return positions;
    }
}
