package org.xprompt4j.xprompt.retrieval;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocAndFloatFeatureBuffer;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.hnsw.NeighborQueue;
import org.xprompt4j.tensor.InvalidInput;

/**
 * Pairs of pictures, found by the vectors of their instructions. A folder of {@code index.json} ({@link IndexInfo}), {@code lucene} (ids,
 * files, instructions, hashes, vectors) and, once there were edits, {@code prompts}. Made by {@link PairIndexWriter}. Safe for use by
 * several threads.
 *
 * <p>A search looks at every vector in eight bits a number and at the best of them again in float32. That finds the true neighbours
 * whatever the vectors are like, costs nothing when the index is made, and keeps to any filter; a graph of near neighbours (HNSW) is
 * quicker on vectors that lie in clusters, but on evenly spread ones it must look at so much of itself that it is slower.
 *
 * <pre>{@code
 * try (PairIndex index = PairIndex.open(folder)) {
 *     List<Hit> hits = index.search(vector, 5, Exclusion.NONE);
 * }
 * }</pre>
 */
public final class PairIndex implements AutoCloseable {
    /** Most hits of a search. */
    public static final int MOST_HITS = 1000;

    /** So many times the hits that are asked for, and at least so many, are looked at again in float32. */
    private static final int AGAIN = 4;
    private static final int LEAST_AGAIN = 100; // also so that equal ones are known, of which ids decide

    private static final double UNIT = 1e-3; // how far from 1 the length of a query may be

    private final Path folder;
    private final IndexInfo info;
    private final FSDirectory directory;
    private final DirectoryReader reader;

    private PairIndex(Path folder, IndexInfo info, FSDirectory directory, DirectoryReader reader) {
        this.folder = folder;
        this.info = info;
        this.directory = directory;
        this.reader = reader;
    }

    /**
     * Opens an index whose making was finished; its checksums are verified.
     *
     * @throws InvalidInput when there is none, or it is damaged or half made
     */
    public static PairIndex open(Path folder) {
        IndexInfo info = IndexInfo.read(folder);
        FSDirectory directory = null;
        DirectoryReader reader = null;
        try {
            directory = LuceneFolder.open(folder);
            reader = DirectoryReader.open(directory);
            if (!LuceneFolder.isFinished(reader.getIndexCommit().getUserData())) {
                throw new InvalidInput(folder + ": is half made, " + reader.numDocs() + " pairs are in; start the same 'xp index' again to go on");
            }
            for (LeafReaderContext leaf : reader.leaves()) {
                leaf.reader().checkIntegrity();
                FieldInfo vectors = leaf.reader().getFieldInfos().fieldInfo(LuceneFolder.VECTOR);
                if (vectors != null && vectors.getVectorDimension() != info.dimension()) {
                    throw new InvalidInput(folder.resolve(IndexInfo.FILE) + ": dimension is " + info.dimension() + ", the vectors have "
                            + vectors.getVectorDimension() + " numbers; remove the folder and index again");
                }
            }
            return new PairIndex(folder, info, directory, reader);
        } catch (IndexNotFoundException e) {
            close(reader, directory);
            throw new InvalidInput(folder + ": is half made, no pair is in; start the same 'xp index' again to go on", e);
        } catch (InvalidInput e) {
            close(reader, directory);
            throw e;
        } catch (IOException | RuntimeException e) { // damaged files end in all kinds of unchecked exceptions too
            close(reader, directory);
            throw LuceneFolder.fault(folder, e);
        }
    }

    private static void close(AutoCloseable... opened) {
        for (AutoCloseable each : opened) {
            try {
                if (each != null) {
                    each.close();
                }
            } catch (Exception e) {
                throw new IllegalStateException("closing an index failed", e);
            }
        }
    }

    /** The folder. */
    public Path folder() {
        return folder;
    }

    /** What made the vectors. */
    public IndexInfo info() {
        return info;
    }

    /** Number of pairs. */
    public int size() {
        return reader.numDocs();
    }

    /**
     * The pairs whose vectors are nearest, the nearest first, equal ones by id.
     *
     * @param query [dimension], of length 1
     * @param k how many, 1 to {@value #MOST_HITS}; fewer come where there are fewer
     * @param exclusion what must not be found
     */
    public List<Hit> search(float[] query, int k, Exclusion exclusion) {
        require(query, k);
        try {
            List<Found> found = new ArrayList<>(reader.leaves().parallelStream() // the parts on all cores; their order stays
                    .flatMap(leaf -> search(leaf, query, Math.max(LEAST_AGAIN, AGAIN * k), exclusion).stream()).toList());
            found.sort(Comparator.comparingDouble(Found::score).reversed());
            int count = Math.min(k, found.size());
            while (count > 0 && count < found.size() && found.get(count).score == found.get(count - 1).score) {
                count++; // all that are as near as the last one, so that ids decide
            }
            StoredFields documents = reader.storedFields();
            List<Hit> hits = new ArrayList<>();
            for (Found each : found.subList(0, count)) {
                hits.add(new Hit(LuceneFolder.pair(documents.document(each.document), folder), Math.clamp(2.0 * each.score - 1, -1, 1)));
            }
            hits.sort(Comparator.comparingDouble(Hit::cosine).reversed().thenComparing(hit -> hit.pair().id()));
            return List.copyOf(hits.subList(0, Math.min(k, hits.size())));
        } catch (IOException | UncheckedIOException e) {
            throw LuceneFolder.fault(folder, e);
        }
    }

    /**
     * A document that may be among the nearest.
     *
     * @param document its number in the whole index
     * @param score (1 + cosine) / 2, as the format of the vectors gives it
     */
    private record Found(int document, float score) {
    }

    /** The nearest of one part of the index. */
    private static List<Found> search(LeafReaderContext leaf, float[] query, int candidates, Exclusion exclusion) {
        try {
            return nearest(leaf, query, candidates, exclusion);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Found> nearest(LeafReaderContext leaf, float[] query, int candidates, Exclusion exclusion) throws IOException {
        List<Found> found = new ArrayList<>();
        FloatVectorValues rough = leaf.reader().getFloatVectorValues(LuceneFolder.VECTOR);
        if (rough == null || rough.size() == 0) {
            return found;
        }
        Bits allowed = allowed(leaf.reader(), exclusion);
        NeighborQueue best = new NeighborQueue(candidates, false);
        VectorScorer.Bulk scores = rough.scorer(query).bulk(null);
        DocAndFloatFeatureBuffer some = new DocAndFloatFeatureBuffer();
        scores.nextDocsAndScores(DocIdSetIterator.NO_MORE_DOCS, allowed, some);
        while (some.size > 0) {
            for (int i = 0; i < some.size; i++) {
                best.insertWithOverflow(some.docs[i], some.features[i]);
            }
            scores.nextDocsAndScores(DocIdSetIterator.NO_MORE_DOCS, allowed, some);
        }
        int[] documents = best.nodes();
        Arrays.sort(documents); // the exact scorer goes forward only
        VectorScorer exact = leaf.reader().getFloatVectorValues(LuceneFolder.VECTOR).rescorer(query);
        DocIdSetIterator at = exact.iterator();
        for (int document : documents) {
            at.advance(document);
            found.add(new Found(leaf.docBase + document, exact.score()));
        }
        return found;
    }

    /** The documents of a part that may be found; null for all. */
    private static Bits allowed(LeafReader part, Exclusion exclusion) throws IOException {
        Bits live = part.getLiveDocs();
        if (exclusion.isEmpty()) {
            return live;
        }
        FixedBitSet excluded = new FixedBitSet(part.maxDoc());
        exclude(part, LuceneFolder.ID, exclusion.ids(), excluded);
        exclude(part, LuceneFolder.BEFORE_HASH, exclusion.pictures(), excluded);
        exclude(part, LuceneFolder.AFTER_HASH, exclusion.pictures(), excluded);
        return new Bits() {
            @Override
            public boolean get(int document) {
                return !excluded.get(document) && (live == null || live.get(document));
            }

            @Override
            public int length() {
                return part.maxDoc();
            }
        };
    }

    private static void exclude(LeafReader part, String field, Set<String> values, FixedBitSet excluded) throws IOException {
        for (String value : values) {
            PostingsEnum documents = part.postings(new Term(field, value), PostingsEnum.NONE);
            if (documents != null) {
                for (int i = documents.nextDoc(); i != DocIdSetIterator.NO_MORE_DOCS; i = documents.nextDoc()) {
                    excluded.set(i);
                }
            }
        }
    }

    private void require(float[] query, int k) {
        if (k < 1 || k > MOST_HITS) {
            throw new IllegalArgumentException("k must be 1 to " + MOST_HITS + ", is " + k);
        }
        if (query.length != info.dimension()) {
            throw new IllegalArgumentException("a query of " + query.length + " numbers, the index has " + info.dimension());
        }
        double squares = 0;
        for (float x : query) {
            squares += (double) x * x;
        }
        if (!(Math.abs(Math.sqrt(squares) - 1) <= UNIT)) { // not finite either
            throw new IllegalArgumentException("a query of length " + Math.sqrt(squares) + ", must be 1");
        }
    }

    @Override
    public void close() {
        close(reader, directory);
    }
}
