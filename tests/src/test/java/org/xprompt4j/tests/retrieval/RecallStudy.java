package org.xprompt4j.tests.retrieval;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.embed.TextEmbedder;
import org.xprompt4j.xprompt.retrieval.BruteForce;
import org.xprompt4j.xprompt.retrieval.EditPair;
import org.xprompt4j.xprompt.retrieval.Exclusion;
import org.xprompt4j.xprompt.retrieval.Hit;
import org.xprompt4j.xprompt.retrieval.IndexedPair;
import org.xprompt4j.xprompt.retrieval.PairIndex;
import org.xprompt4j.xprompt.retrieval.PairIndexWriter;

/** Share of the true ten neighbours that an index finds, and what a search costs; on made-up vectors. */
final class RecallStudy {
    private static final int NEIGHBOURS = 10;
    private static final int CLUSTERS_EACH = 100; // vectors in a cluster
    private static final int ROUNDS = 3;
    private static final int COMMIT_EVERY = 8192; // as xp index does
    private static final OperatingSystemMXBean PROCESS = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** How vectors lie. */
    enum Kind {
        /** Anywhere on the sphere: the hardest case, where all are about equally far away. */
        RANDOM,
        /** Around centres, at a cosine of about 0.8 to them: as texts that say nearly the same. */
        CLUSTERED
    }

    /**
     * What was measured.
     *
     * @param recall share of the true neighbours that were found, 0 to 1
     * @param quickestMillis time of the quickest tenth of the searches: what a machine without other work gives
     * @param millis median time of a search
     * @param cpuMillis mean processor time of a search on all cores together, which grows less than the time when other work runs
     * @param buildSeconds time to make the index
     * @param exactMillis time of a query when all cosines are computed, queries together
     */
    record Result(double recall, double quickestMillis, double millis, double cpuMillis, double buildSeconds, double exactMillis) {
    }

    /** An embedder of which only the size matters. */
    private record Sized(int dimension) implements TextEmbedder {
        @Override
        public String name() {
            return "study";
        }

        @Override
        public String fingerprint() {
            return "none";
        }

        @Override
        public float[][] embed(List<String> texts) {
            throw new IllegalStateException("the vectors are made up");
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    private RecallStudy() {
    }

    /** Arguments: number of vectors, their dimension, queries. */
    public static void main(String[] args) throws IOException {
        int count = Integer.parseInt(args[0]);
        int dimension = Integer.parseInt(args[1]);
        for (Kind kind : Kind.values()) {
            Path folder = Files.createTempDirectory("recall");
            Result result = run(folder.resolve("index"), kind, count, dimension, Integer.parseInt(args[2]), 20261126);
            System.out.println(String.format(Locale.ROOT,
                    "%,d vectors of %d, %s: recall at %d %.4f; a search %.2f ms (the quickest tenth %.2f, processor %.2f); made in %.1f s; all cosines by matmul %.2f ms a query",
                    count, dimension, kind.name().toLowerCase(Locale.ROOT), NEIGHBOURS, result.recall, result.millis, result.quickestMillis, result.cpuMillis, result.buildSeconds,
                    result.exactMillis));
        }
    }

    static Result run(Path folder, Kind kind, int count, int dimension, int queries, long seed) {
        float[][] centres = centres(count / CLUSTERS_EACH + 1, dimension, seed);
        float[][] vectors = vectors(kind, centres, count, dimension, new Philox(seed, 2));
        float[][] asked = vectors(kind, centres, queries, dimension, new Philox(seed, 3));
        long start = System.nanoTime();
        try (PairIndexWriter writer = PairIndexWriter.open(folder, new Sized(dimension))) {
            for (int i = 0; i < count; i++) {
                writer.put(new IndexedPair(new EditPair("p" + i, Path.of("b.png"), Path.of("a.png"), "edit"), "b" + i, "a" + i), vectors[i]);
                if (i % COMMIT_EVERY == COMMIT_EVERY - 1) {
                    writer.commit();
                }
            }
            writer.finish();
        }
        double buildSeconds = (System.nanoTime() - start) * 1e-9;
        int[][] truth;
        double exactMillis;
        try (Backend backend = Backends.open("cpu"); BruteForce all = new BruteForce(backend, vectors)) {
            truth = all.nearest(asked, NEIGHBOURS);
            start = System.nanoTime();
            all.cosines(asked);
            exactMillis = (System.nanoTime() - start) * 1e-6 / queries;
        }
        try (PairIndex index = PairIndex.open(folder)) {
            int found = 0;
            double[] millis = new double[queries];
            double cpuMillis = 0;
            for (int round = 0; round < ROUNDS; round++) { // the first ones warm up
                found = 0;
                long cpu = PROCESS.getProcessCpuTime();
                for (int q = 0; q < queries; q++) {
                    start = System.nanoTime();
                    List<Hit> hits = index.search(asked[q], NEIGHBOURS, Exclusion.NONE);
                    millis[q] = (System.nanoTime() - start) * 1e-6;
                    Set<String> ids = new HashSet<>(hits.stream().map(hit -> hit.pair().id()).toList());
                    found += (int) Arrays.stream(truth[q]).filter(i -> ids.contains("p" + i)).count();
                }
                cpuMillis = (PROCESS.getProcessCpuTime() - cpu) * 1e-6 / queries;
            }
            return new Result(found / (double) (NEIGHBOURS * queries), quickest(millis), median(millis), cpuMillis, buildSeconds, exactMillis);
        }
    }

    private static double quickest(double[] values) {
        return Arrays.stream(values).sorted().toArray()[values.length / 10];
    }

    private static double median(double[] values) {
        return Arrays.stream(values).sorted().toArray()[values.length / 2];
    }

    private static float[][] centres(int count, int dimension, long seed) {
        Philox random = new Philox(seed, 1);
        return IntStream.range(0, count).mapToObj(i -> unit(random.gaussians(dimension))).toArray(float[][]::new);
    }

    private static float[][] vectors(Kind kind, float[][] centres, int count, int dimension, Philox random) {
        float spread = (float) (0.75 / Math.sqrt(dimension)); // length 0.75 across a centre of length 1: cosine 0.8
        float[][] vectors = new float[count][];
        for (int i = 0; i < count; i++) {
            vectors[i] = random.gaussians(dimension);
            if (kind == Kind.CLUSTERED) {
                float[] centre = centres[random.nextInt(centres.length)];
                for (int j = 0; j < dimension; j++) {
                    vectors[i][j] = centre[j] + spread * vectors[i][j];
                }
            }
            unit(vectors[i]);
        }
        return vectors;
    }

    private static float[] unit(float[] v) {
        double squares = 0;
        for (float x : v) {
            squares += (double) x * x;
        }
        float scale = (float) (1 / Math.sqrt(squares));
        for (int i = 0; i < v.length; i++) {
            v[i] *= scale;
        }
        return v;
    }
}
