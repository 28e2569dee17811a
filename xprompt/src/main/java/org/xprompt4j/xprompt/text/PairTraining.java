package org.xprompt4j.xprompt.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Learns the merges of a byte-pair encoding (Sennrich et al., 2016): the most frequent pair of neighbours becomes a token, again and
 * again; of pairs that are equally frequent the one with the lower ids. Counts change only in the words that hold the pair.
 *
 * <p>Words are the pieces of the pre-tokenizer, counted; the order of the texts does not matter.
 */
final class PairTraining {
    /**
     * A pair of ids and the id that it becomes.
     *
     * @param count how often the pair stood in the texts
     */
    record Merge(int left, int right, int id, long count) {
    }

    private record Candidate(long pair, long count) implements Comparable<Candidate> {
        @Override
        public int compareTo(Candidate other) {
            int byCount = Long.compare(other.count, count);
            return byCount != 0 ? byCount : Long.compare(pair, other.pair);
        }
    }

    private final List<int[]> words = new ArrayList<>(); // [word][symbols]
    private final long[] counts; // [word]
    private final Map<Long, long[]> pairCounts = new HashMap<>(); // [1]
    private final Map<Long, Set<Integer>> wordsOfPair = new HashMap<>(); // words that held the pair at some time
    private final PriorityQueue<Candidate> candidates = new PriorityQueue<>();
    private final List<String> tokens; // by id
    private final Map<String, Integer> idOfToken = new HashMap<>();

    /**
     * Counts the pairs.
     *
     * @param tokens what the ids so far stand for; a merge that gives one of these anew gets its id
     * @param counted ids of the bytes of each word, with the number of times that the word stands in the texts
     */
    PairTraining(List<String> tokens, Map<List<Integer>, Long> counted) {
        this.tokens = new ArrayList<>(tokens);
        tokens.forEach(token -> idOfToken.put(token, idOfToken.size()));
        counts = new long[counted.size()];
        for (Map.Entry<List<Integer>, Long> entry : counted.entrySet()) { // in any order: what follows is sums and sets
            counts[words.size()] = entry.getValue();
            words.add(entry.getKey().stream().mapToInt(Integer::intValue).toArray());
        }
        for (int w = 0; w < counts.length; w++) {
            count(w, 1, null);
        }
        pairCounts.forEach((pair, count) -> candidates.add(new Candidate(pair, count[0])));
    }

    /** All tokens by id, those that were learnt included. */
    List<String> tokens() {
        return List.copyOf(tokens);
    }

    /**
     * Learns until there are so many tokens; stops earlier when no pair stands often enough.
     *
     * @param leastCount pairs that stand more seldom are not joined
     * @param listener told of the number of tokens so far
     */
    List<Merge> learn(int size, long leastCount, IntConsumer listener) {
        List<Merge> merges = new ArrayList<>();
        while (tokens.size() < size && !candidates.isEmpty()) {
            Candidate best = candidates.poll();
            long now = countOf(best.pair);
            if (now != best.count) { // counted before words changed
                if (now > 0) {
                    candidates.add(new Candidate(best.pair, now));
                }
                continue;
            }
            if (now < leastCount) {
                break;
            }
            int left = (int) (best.pair >>> 32);
            int right = (int) best.pair;
            Merge merge = new Merge(left, right, token(tokens.get(left) + tokens.get(right)), now);
            merges.add(merge);
            apply(merge, best.pair);
            listener.accept(tokens.size());
        }
        return merges;
    }

    private int token(String text) {
        Integer known = idOfToken.putIfAbsent(text, tokens.size());
        if (known == null) {
            tokens.add(text);
            return tokens.size() - 1;
        }
        return known;
    }

    private long countOf(long pair) {
        long[] count = pairCounts.get(pair);
        return count == null ? 0 : count[0];
    }

    private void apply(Merge merge, long pair) {
        Set<Long> grown = new HashSet<>();
        for (int w : wordsOfPair.remove(pair)) {
            count(w, -1, null);
            words.set(w, join(words.get(w), merge));
            count(w, 1, grown);
        }
        pairCounts.remove(pair);
        for (long changed : grown) {
            candidates.add(new Candidate(changed, countOf(changed)));
        }
    }

    private void count(int word, int sign, Set<Long> seen) {
        int[] symbols = words.get(word);
        for (int i = 0; i + 1 < symbols.length; i++) {
            long pair = MergeTable.pair(symbols[i], symbols[i + 1]);
            pairCounts.computeIfAbsent(pair, key -> new long[1])[0] += sign * counts[word];
            if (sign > 0) {
                wordsOfPair.computeIfAbsent(pair, key -> new HashSet<>()).add(word);
            }
            if (seen != null) {
                seen.add(pair);
            }
        }
    }

    private static int[] join(int[] symbols, Merge merge) {
        int[] out = new int[symbols.length];
        int n = 0;
        for (int i = 0; i < symbols.length; i++) {
            if (i + 1 < symbols.length && symbols[i] == merge.left() && symbols[i + 1] == merge.right()) {
                out[n++] = merge.id();
                i++;
            } else {
                out[n++] = symbols[i];
            }
        }
        return Arrays.copyOf(out, n);
    }
}
