package org.xprompt4j.xprompt.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.Philox;

class PairTrainingTest {
    private static final List<String> LETTERS = List.of("a", "b", "c", "d");

    @TempDir
    Path dir;

    private static Map<List<Integer>, Long> randomWords(int seed) {
        Philox random = new Philox(seed, 0);
        Map<List<Integer>, Long> words = new HashMap<>();
        for (int w = 0; w < 40; w++) {
            List<Integer> word = new ArrayList<>();
            for (int i = 1 + random.nextInt(9); i > 0; i--) {
                word.add(random.nextInt(LETTERS.size()));
            }
            words.merge(word, 1L + random.nextInt(5), Long::sum);
        }
        return words;
    }

    /** Counts kept up to date against counts made anew for every merge. */
    @Test
    void mergesAreTheMostFrequentPairs() {
        for (int seed = 0; seed < 40; seed++) {
            Map<List<Integer>, Long> words = randomWords(seed);
            List<PairTraining.Merge> merges = new PairTraining(LETTERS, words).learn(30, 2, n -> { });
            Map<List<Integer>, Long> state = new HashMap<>(words);
            for (PairTraining.Merge merge : merges) {
                Map<Long, Long> counts = counts(state);
                long most = counts.values().stream().mapToLong(Long::longValue).max().orElseThrow();
                long first = counts.entrySet().stream().filter(e -> e.getValue() == most).mapToLong(Map.Entry::getKey).min().orElseThrow();
                assertThat(MergeTable.pair(merge.left(), merge.right())).as("seed %d", seed).isEqualTo(first);
                assertThat(merge.count()).isEqualTo(most);
                Map<List<Integer>, Long> joined = new HashMap<>();
                state.forEach((word, count) -> joined.merge(join(word, merge), count, Long::sum));
                state = joined;
            }
            long left = counts(state).values().stream().mapToLong(Long::longValue).max().orElse(0);
            assertThat(merges.size() < 26 ? left : 0).as("what is left stands once at most").isLessThan(2);
        }
    }

    private static Map<Long, Long> counts(Map<List<Integer>, Long> words) {
        Map<Long, Long> counts = new HashMap<>();
        words.forEach((word, count) -> {
            for (int i = 0; i + 1 < word.size(); i++) {
                counts.merge(MergeTable.pair(word.get(i), word.get(i + 1)), count, Long::sum);
            }
        });
        return counts;
    }

    private static List<Integer> join(List<Integer> word, PairTraining.Merge merge) {
        List<Integer> out = new ArrayList<>();
        for (int i = 0; i < word.size(); i++) {
            if (i + 1 < word.size() && word.get(i) == merge.left() && word.get(i + 1) == merge.right()) {
                out.add(merge.id());
                i++;
            } else {
                out.add(word.get(i));
            }
        }
        return out;
    }

    @Test
    void theOrderOfTextsDoesNotMatter() throws Exception {
        List<String> texts = List.of("the rain in Spain", "the red apple and the pear", "rain, rain, go away: abcabcabc", "日本 日本語");
        TokenizerTrainer forth = new TokenizerTrainer(List.of("<s>"));
        texts.forEach(forth::read);
        TokenizerTrainer back = new TokenizerTrainer(List.of("<s>"));
        texts.reversed().forEach(back::read);
        assertThat(forth.train(300, dir.resolve("a.json"), n -> { })).isEqualTo(back.train(300, dir.resolve("b.json"), n -> { }));
        assertThat(Files.readString(dir.resolve("a.json"))).isEqualTo(Files.readString(dir.resolve("b.json")));
    }

    @Test
    void aTokenThatTwoMergesGiveHasOneId() {
        // ab+c and a+bc both give abc.
        Map<List<Integer>, Long> words = Map.of(List.of(0, 1), 50L, List.of(1, 2, 3), 40L, List.of(0, 1, 2), 30L, List.of(3, 0, 1, 2), 20L);
        PairTraining training = new PairTraining(LETTERS, words);
        List<PairTraining.Merge> merges = training.learn(12, 2, n -> { });
        assertThat(training.tokens()).doesNotHaveDuplicates();
        assertThat(merges).allSatisfy(m -> assertThat(training.tokens().get(m.id())).isEqualTo(training.tokens().get(m.left()) + training.tokens().get(m.right())));
    }
}
