package org.xprompt4j.xprompt.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.embed.HashedWords;
import org.xprompt4j.xprompt.embed.TextEmbedder;

class IndexingTest {
    @TempDir
    Path dir;

    private final Counting words = new Counting();

    /** Hashed words that count what they are asked. */
    private static final class Counting implements TextEmbedder {
        private final TextEmbedder words = new HashedWords();
        private int texts;

        @Override
        public String name() {
            return words.name();
        }

        @Override
        public String fingerprint() {
            return words.fingerprint();
        }

        @Override
        public int dimension() {
            return words.dimension();
        }

        @Override
        public float[][] embed(List<String> asked) {
            texts += asked.size();
            return words.embed(asked);
        }

        @Override
        public void close() {
            words.close();
        }
    }

    private List<EditPair> pairs(int count) throws IOException {
        List<EditPair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Path before = Files.writeString(dir.resolve(i + "-before.png"), "before " + i);
            Path after = Files.writeString(dir.resolve(i + "-after.png"), "after " + i);
            pairs.add(new EditPair("p" + i, before, after, "edit number " + i));
        }
        return pairs;
    }

    private Indexing.Result index(List<EditPair> pairs) {
        return new Indexing(dir.resolve("index"), words).run(pairs, (done, of) -> true);
    }

    private String found(String instruction) {
        try (PairIndex index = PairIndex.open(dir.resolve("index"))) {
            return index.search(words.embed(List.of(instruction))[0], 1, Exclusion.NONE).getFirst().pair().id();
        }
    }

    @Test
    void onlyWhatChangedIsEmbedded() throws IOException {
        List<EditPair> pairs = pairs(70);
        assertThat(index(pairs)).isEqualTo(new Indexing.Result(70, 70, 0, 0, 0, true));
        assertThat(words.texts).isEqualTo(70);
        assertThat(index(pairs)).isEqualTo(new Indexing.Result(70, 0, 0, 70, 0, true));
        assertThat(words.texts).isEqualTo(70);
        assertThat(found("edit number 5")).isEqualTo("p5");

        List<EditPair> others = new ArrayList<>(pairs.subList(1, 70)); // one is gone
        others.set(4, new EditPair("p5", pairs.get(5).before(), pairs.get(5).after(), "paint it blue")); // other words
        Files.writeString(pairs.get(9).after(), "another picture");
        others.add(new EditPair("new", pairs.get(0).before(), pairs.get(0).after(), "a new one"));
        assertThat(index(others)).isEqualTo(new Indexing.Result(70, 1, 2, 67, 1, true));
        assertThat(words.texts).isEqualTo(70 + 1 + 3);
        assertThat(found("paint it blue")).isEqualTo("p5");
        assertThat(found("a new one")).isEqualTo("new");
        assertThat(found("edit number 0")).isNotEqualTo("p0");
    }

    @Test
    void whatWasCommittedBeforeACrashIsNotEmbeddedAgain() throws IOException {
        List<EditPair> pairs = pairs(200);
        Indexing dying = new Indexing(dir.resolve("index"), words, 64);
        assertThatThrownBy(() -> dying.run(pairs, (done, of) -> {
            if (done == 192) {
                throw new IllegalStateException("the process dies");
            }
            return true;
        })).hasMessage("the process dies");
        assertThatThrownBy(() -> PairIndex.open(dir.resolve("index"))).isInstanceOf(InvalidInput.class).hasMessageContaining("half made, 128 pairs are in");
        words.texts = 0;
        assertThat(index(pairs)).isEqualTo(new Indexing.Result(200, 72, 0, 128, 0, true));
        assertThat(words.texts).isEqualTo(72);
        assertThat(found("edit number 199")).isEqualTo("p199");
    }

    @Test
    void whoStopsItLosesNothing() throws IOException {
        List<EditPair> pairs = pairs(130);
        Indexing.Result stopped = new Indexing(dir.resolve("index"), words).run(pairs, (done, of) -> done < 64);
        assertThat(stopped).isEqualTo(new Indexing.Result(64, 64, 0, 0, 0, false));
        assertThat(index(pairs)).isEqualTo(new Indexing.Result(130, 66, 0, 64, 0, true));
    }

    @Test
    void anIndexMovesWithThePicturesBesideIt() throws IOException {
        Path home = Files.createDirectories(dir.resolve("home"));
        Path before = Files.writeString(home.resolve("b.png"), "b");
        Path elsewhere = Files.writeString(dir.resolve("a.png"), "a");
        new Indexing(home.resolve("index"), words).run(List.of(new EditPair("x", before, elsewhere, "x")), (done, of) -> true);
        Path moved = Files.move(home, dir.resolve("moved"));
        try (PairIndex index = PairIndex.open(moved.resolve("index"))) {
            IndexedPair pair = index.search(words.embed(List.of("x"))[0], 1, Exclusion.NONE).getFirst().pair();
            assertThat(pair.before()).isEqualTo(moved.resolve("b.png"));
            assertThat(pair.after()).isEqualTo(elsewhere);
        }
    }

    @Test
    void aPictureThatVanishedIsNamedAndNothingIsLost() throws IOException {
        List<EditPair> pairs = pairs(3);
        index(pairs.subList(0, 2));
        Files.delete(pairs.get(2).after());
        assertThatThrownBy(() -> index(pairs)).isInstanceOf(InvalidInput.class).hasMessageContaining("2-after.png: no such file");
        assertThat(found("edit number 1")).isEqualTo("p1");
    }

    @Test
    void thePartsOfAnIndexAreTheSameEachTime() throws IOException {
        List<EditPair> pairs = pairs(150);
        new Indexing(dir.resolve("index"), words, 64).run(pairs, (done, of) -> true);
        new Indexing(dir.resolve("again"), words, 64).run(pairs, (done, of) -> true);
        try (Stream<Path> files = Files.list(dir.resolve("index/lucene")); Stream<Path> again = Files.list(dir.resolve("again/lucene"))) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted().toList()).isEqualTo(again.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }
}
