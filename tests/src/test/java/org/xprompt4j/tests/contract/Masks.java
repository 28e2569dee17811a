package org.xprompt4j.tests.contract;

import java.util.Arrays;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.op.AttentionMask;

/** A mask with its dense definition, written independently of {@link AttentionMask}. */
record Masks(String name, AttentionMask mask, boolean[][] sees) {
    static Masks full(int queries, int keys) {
        boolean[][] sees = new boolean[queries][keys];
        for (boolean[] row : sees) {
            Arrays.fill(row, true);
        }
        return new Masks("full " + queries + "x" + keys, AttentionMask.full(queries, keys), sees);
    }

    static Masks causal(int queries, int keys) {
        boolean[][] sees = new boolean[queries][keys];
        for (int i = 0; i < queries; i++) {
            for (int j = 0; j <= i + keys - queries; j++) {
                sees[i][j] = true;
            }
        }
        return new Masks("causal " + queries + "x" + keys, AttentionMask.causal(queries, keys), sees);
    }

    /** Random segments (some empty), random visibility, the last {@code queries} positions ask. */
    static Masks segmented(Philox random, int segments, int longest) {
        int[] lengths = new int[segments];
        int keys = 0;
        for (int s = 0; s < segments; s++) {
            lengths[s] = random.nextInt(longest + 1);
            keys += lengths[s];
        }
        if (keys == 0) {
            keys = lengths[0] = 1;
        }
        boolean[][] visible = new boolean[segments][segments];
        for (int q = 0; q < segments; q++) {
            for (int k = 0; k < segments; k++) {
                visible[q][k] = q == k || random.nextInt(2) == 0;
            }
        }
        return of(lengths, visible, 1 + random.nextInt(keys));
    }

    /** X-Prompt: an example, the compressing tokens, the task; the task is blind to the example. */
    static Masks xprompt(int example, int prompt, int task) {
        return of(new int[] {example, prompt, task}, new boolean[][] {{true, true, true}, {true, true, true}, {false, true, true}}, example + prompt + task);
    }

    private static Masks of(int[] lengths, boolean[][] visible, int queries) {
        int keys = 0;
        for (int length : lengths) {
            keys += length;
        }
        int[] segment = new int[keys];
        int at = 0;
        for (int s = 0; s < lengths.length; s++) {
            for (int i = 0; i < lengths[s]; i++) {
                segment[at++] = s;
            }
        }
        boolean[][] sees = new boolean[queries][keys];
        for (int i = 0; i < queries; i++) {
            int position = i + keys - queries;
            for (int j = 0; j <= position; j++) {
                sees[i][j] = visible[segment[position]][segment[j]];
            }
        }
        AttentionMask mask = AttentionMask.segmented(lengths, visible);
        String name = "segments " + Arrays.toString(lengths) + " sees " + Arrays.deepToString(visible) + " queries " + queries;
        return new Masks(name, queries == keys ? mask : mask.lastQueries(queries), sees);
    }
}
