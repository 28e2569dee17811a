package org.xprompt4j.xprompt.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.embed.TextEmbedder;

class PairIndexTest {
    private static final int DIMENSION = 24;

    @TempDir
    Path dir;

    /** An embedder of which only the name and size matter. */
    private record Named(String name, String fingerprint, int dimension) implements TextEmbedder {
        @Override
        public float[][] embed(List<String> texts) {
            throw new AssertionError("nothing is embedded here");
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    private static final TextEmbedder EMBEDDER = new Named("e", "f", DIMENSION);

    static float[] unit(Philox random, int dimension) {
        float[] v = random.gaussians(dimension);
        double squares = 0;
        for (float x : v) {
            squares += (double) x * x;
        }
        for (int i = 0; i < dimension; i++) {
            v[i] /= (float) Math.sqrt(squares);
        }
        return v;
    }

    private IndexedPair pair(int i) {
        return new IndexedPair(new EditPair("p" + i, dir.resolve("pictures/" + i + ".png"), Path.of("/elsewhere/" + i + ".png"), "edit " + i), "before" + i % 7, "after" + i);
    }

    private Path index(float[][] vectors, int commitAt) {
        Path folder = dir.resolve("index");
        try (PairIndexWriter writer = PairIndexWriter.open(folder, EMBEDDER)) {
            for (int i = 0; i < vectors.length; i++) {
                writer.put(pair(i), vectors[i]);
                if (i == commitAt) {
                    writer.commit();
                }
            }
            writer.finish();
        }
        return folder;
    }

    private static float[][] vectors(int count, int seed) {
        Philox random = new Philox(seed, 1);
        return Stream.generate(() -> unit(random, DIMENSION)).limit(count).toArray(float[][]::new);
    }

    @Test
    void findsWhatLookingAtAllFinds() {
        float[][] vectors = vectors(500, 1);
        float[][] queries = vectors(20, 2);
        Path folder = index(vectors, 200); // two parts
        try (PairIndex index = PairIndex.open(folder); Backend backend = Backends.open("cpu"); BruteForce all = new BruteForce(backend, vectors)) {
            assertThat(index.size()).isEqualTo(500);
            int[][] nearest = all.nearest(queries, 10);
            float[][] cosines = all.cosines(queries);
            for (int q = 0; q < queries.length; q++) {
                List<Hit> hits = index.search(queries[q], 10, Exclusion.NONE);
                assertThat(hits.stream().map(hit -> hit.pair().id())).isEqualTo(Arrays.stream(nearest[q]).mapToObj(i -> "p" + i).toList());
                for (int i = 0; i < 10; i++) {
                    assertThat(hits.get(i).cosine()).isEqualTo(cosines[q][nearest[q][i]], within(1e-6));
                }
            }
            IndexedPair first = index.search(queries[0], 1, Exclusion.NONE).getFirst().pair();
            assertThat(first).isEqualTo(pair(Integer.parseInt(first.id().substring(1))));
        }
    }

    @Test
    void exactSearchAgreesWithSumsInDouble() {
        float[][] vectors = vectors(50, 3);
        try (Backend backend = Backends.open("scalar"); BruteForce all = new BruteForce(backend, vectors)) {
            float[] cosines = all.cosines(new float[][] {vectors[7]})[0];
            for (int i = 0; i < vectors.length; i++) {
                double sum = 0;
                for (int j = 0; j < DIMENSION; j++) {
                    sum += (double) vectors[7][j] * vectors[i][j];
                }
                assertThat(cosines[i]).isEqualTo((float) sum, within(1e-6f));
            }
            assertThat(all.nearest(new float[][] {vectors[7]}, 1)[0]).containsExactly(7);
            assertThat(all.nearest(new float[][] {vectors[7]}, 99)[0]).hasSize(50);
        }
    }

    @Test
    void whatIsExcludedIsNotFound() {
        float[][] vectors = vectors(100, 4);
        Path folder = index(vectors, 50);
        try (PairIndex index = PairIndex.open(folder)) {
            assertThat(index.search(vectors[8], 1, Exclusion.NONE).getFirst().pair().id()).isEqualTo("p8");
            List<Hit> others = index.search(vectors[8], 100, new Exclusion(Set.of("p8", "p9"), Set.of()));
            assertThat(others.stream().map(hit -> hit.pair().id())).hasSize(98).doesNotContain("p8", "p9");
            List<Hit> otherPictures = index.search(vectors[8], 100, Exclusion.ofPicture("before1")); // 1, 8, 15 ...
            assertThat(otherPictures).hasSize(100 - 15).noneMatch(hit -> hit.pair().beforeHash().equals("before1"));
            assertThat(index.search(vectors[8], 100, Exclusion.ofPicture("after3")).stream().map(hit -> hit.pair().id())).hasSize(99).doesNotContain("p3");
        }
    }

    @Test
    void equalOnesComeById() {
        float[][] vectors = new float[40][];
        Arrays.fill(vectors, vectors(1, 5)[0]);
        try (PairIndex index = PairIndex.open(index(vectors, -1))) {
            List<String> ids = index.search(vectors[0], 3, Exclusion.NONE).stream().map(hit -> hit.pair().id()).toList();
            assertThat(ids).containsExactly("p0", "p1", "p10");
        }
    }

    @Test
    void whatIsHalfMadeIsRefusedAndGoesOn() {
        Path folder = dir.resolve("index");
        float[][] vectors = vectors(3, 6);
        try (PairIndexWriter writer = PairIndexWriter.open(folder, EMBEDDER)) {
            assertThatThrownBy(() -> PairIndex.open(folder)).isInstanceOf(InvalidInput.class).hasMessageContaining("half made, no pair is in");
            assertThatThrownBy(() -> PairIndexWriter.open(folder, EMBEDDER)).isInstanceOf(InvalidInput.class).hasMessageContaining("another process is writing");
            writer.put(pair(0), vectors[0]);
            writer.commit();
            writer.put(pair(1), vectors[1]); // lost: closed without a commit, as by a crash
        }
        assertThatThrownBy(() -> PairIndex.open(folder)).isInstanceOf(InvalidInput.class).hasMessageContaining("half made, 1 pairs are in");
        try (PairIndexWriter writer = PairIndexWriter.open(folder, EMBEDDER)) {
            assertThat(writer.isHalfMade()).isTrue();
            assertThat(writer.pairs()).containsOnlyKeys("p0").containsValue(pair(0));
            writer.finish();
        }
        try (PairIndexWriter writer = PairIndexWriter.open(folder, EMBEDDER)) {
            assertThat(writer.isHalfMade()).isFalse();
            writer.put(pair(0), vectors[2]);
            writer.finish();
        }
        try (PairIndex index = PairIndex.open(folder)) {
            assertThat(index.size()).isEqualTo(1);
            assertThat(index.search(vectors[2], 1, Exclusion.NONE).getFirst().cosine()).isEqualTo(1, within(1e-6));
        }
    }

    @Test
    void otherEmbeddersAreRefused() {
        Path folder = index(vectors(2, 7), -1);
        assertThatThrownBy(() -> PairIndexWriter.open(folder, new Named("other", "f", DIMENSION))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("index.json: embedder: the index was made by 'e', not by 'other'");
        assertThatThrownBy(() -> PairIndexWriter.open(folder, new Named("e", "g", DIMENSION))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("index.json: fingerprint: the index was made by 'e' with other weights");
    }

    @Test
    void damageIsSaid() throws IOException {
        Path folder = index(vectors(20, 8), -1);
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder.resolve("lucene"))) {
            all.filter(file -> !file.getFileName().toString().equals("write.lock")).sorted().forEach(files::add);
        }
        assertThat(files).hasSizeGreaterThan(3);
        for (Path file : files) {
            byte[] good = Files.readAllBytes(file);
            for (int at : new int[] {0, good.length / 2, good.length - 1}) {
                byte[] bad = good.clone();
                bad[at] ^= 0x55;
                Files.write(file, bad);
                refused(folder, "byte " + at + " of " + file);
            }
            Files.write(file, Arrays.copyOf(good, good.length / 2));
            refused(folder, "half of " + file);
            Files.delete(file);
            refused(folder, "without " + file);
            Files.write(file, good);
        }
        Path info = folder.resolve(IndexInfo.FILE);
        String good = Files.readString(info);
        for (String[] change : new String[][] {{"\"dimension\": 24", "\"dimension\": 25"}, {"\"dimension\": 24", "\"dimension\": 99999"}, {"pair-index", "index"},
            {"\"format_version\": 1", "\"format_version\": 2"}, {"\"embedder\"", "\"embed\""}}) {
            assertThat(good).contains(change[0]);
            Files.writeString(info, good.replace(change[0], change[1]));
            refused(folder, change[1]);
        }
        Files.delete(info);
        refused(folder, "no " + info);
        assertThatThrownBy(() -> PairIndexWriter.open(folder, EMBEDDER)).isInstanceOf(InvalidInput.class).hasMessageContaining("index.json is missing");
        assertThatThrownBy(() -> PairIndex.open(dir.resolve("none"))).isInstanceOf(InvalidInput.class).hasMessageContaining("there is no such index");
    }

    private static void refused(Path folder, String what) {
        assertThatThrownBy(() -> PairIndex.open(folder).close()).as(what).isInstanceOf(InvalidInput.class).hasMessageStartingWith(folder.toString())
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    @Test
    void askingWronglyIsAFaultOfTheCaller() {
        float[][] vectors = vectors(2, 9);
        try (PairIndex index = PairIndex.open(index(vectors, -1))) {
            assertThatThrownBy(() -> index.search(vectors[0], 0, Exclusion.NONE)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> index.search(new float[] {1}, 1, Exclusion.NONE)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> index.search(new float[DIMENSION], 1, Exclusion.NONE)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("length 0");
        }
    }
}
