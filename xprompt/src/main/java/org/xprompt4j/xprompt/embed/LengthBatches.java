package org.xprompt4j.xprompt.embed;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Runs texts through a model in batches of one length: nothing is padded. A batch has at most {@link #ROWS} tokens, or is one text: for so
 * few rows the CPU's product with a weight sums each row in an order of its own, so a text has the same bits in any company.
 */
final class LengthBatches {
    static final int ROWS = 64;

    private LengthBatches() {
    }

    /**
     * @param texts ids of each text
     * @param model takes texts of one length, [batch][seq], and gives their vectors, [batch][dimension]
     * @return [texts][dimension], in the order of the texts
     */
    static float[][] embed(List<int[]> texts, Function<int[][], float[][]> model) {
        TreeMap<Integer, List<Integer>> byLength = new TreeMap<>(); // length to places in texts
        for (int i = 0; i < texts.size(); i++) {
            byLength.computeIfAbsent(texts.get(i).length, key -> new ArrayList<>()).add(i);
        }
        float[][] vectors = new float[texts.size()][];
        byLength.forEach((length, places) -> {
            int most = Math.max(1, ROWS / length);
            for (int from = 0; from < places.size(); from += most) {
                List<Integer> batch = places.subList(from, Math.min(places.size(), from + most));
                float[][] some = model.apply(batch.stream().map(texts::get).toArray(int[][]::new));
                for (int i = 0; i < some.length; i++) {
                    vectors[batch.get(i)] = some[i];
                }
            }
        });
        return vectors;
    }
}
