package org.xprompt4j.xprompt.retrieval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.apache.lucene.util.Bits;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.xprompt.embed.TextEmbedder;

/**
 * Makes a {@link PairIndex} or changes one. What was committed stays, whatever happens then; what was not is gone after a crash. From the
 * first change on, the index counts as half made until {@link #finish}. One writer at a time.
 */
public final class PairIndexWriter implements AutoCloseable {
    private final Path folder;
    private final IndexInfo info;
    private final FSDirectory directory;
    private final IndexWriter writer;
    private final boolean begun; // an earlier run was not finished

    private PairIndexWriter(Path folder, IndexInfo info, FSDirectory directory, IndexWriter writer, boolean begun) {
        this.folder = folder;
        this.info = info;
        this.directory = directory;
        this.writer = writer;
        this.begun = begun;
    }

    /**
     * Opens an index to change it, or makes an empty one.
     *
     * @param embedder makes the vectors
     * @throws InvalidInput when the folder holds something else, an index of another embedder or a damaged one, or another process writes
     */
    public static PairIndexWriter open(Path folder, TextEmbedder embedder) {
        IndexInfo info = IndexInfo.of(embedder);
        Path lucene = folder.resolve(LuceneFolder.NAME);
        boolean known = Files.exists(folder.resolve(IndexInfo.FILE));
        if (known) {
            IndexInfo.read(folder).requireMadeBy(embedder, folder);
        } else if (Files.exists(lucene)) {
            throw new InvalidInput(folder + ": " + IndexInfo.FILE + " is missing, so nobody knows what made the vectors; remove the folder "
                    + LuceneFolder.NAME + " in it and index again");
        }
        AtomicFile.folder(folder);
        if (!known) {
            info.write(folder); // first: an index without it is never made
        }
        FSDirectory directory = null;
        try {
            AtomicFile.folder(lucene);
            directory = LuceneFolder.open(folder);
            boolean begun = true;
            if (DirectoryReader.indexExists(directory)) {
                try (DirectoryReader reader = DirectoryReader.open(directory)) {
                    begun = !LuceneFolder.isFinished(reader.getIndexCommit().getUserData());
                    for (LeafReaderContext leaf : reader.leaves()) {
                        leaf.reader().checkIntegrity();
                    }
                }
            }
            IndexWriter writer = new IndexWriter(directory, LuceneFolder.writing().setOpenMode(IndexWriterConfig.OpenMode.CREATE_OR_APPEND));
            return new PairIndexWriter(folder, info, directory, writer, begun);
        } catch (LockObtainFailedException e) {
            release(directory);
            throw new InvalidInput(folder + ": another process is writing this index; wait until it is done", e);
        } catch (IOException | RuntimeException e) {
            release(directory);
            throw e instanceof InvalidInput said ? said : LuceneFolder.fault(folder, e);
        }
    }

    private static void release(FSDirectory directory) {
        try {
            if (directory != null) {
                directory.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("closing an index failed", e);
        }
    }

    /** True when the index is new, or an earlier run was not finished. */
    public boolean isHalfMade() {
        return begun;
    }

    /** All pairs that are committed, by id. */
    public Map<String, IndexedPair> pairs() {
        Map<String, IndexedPair> pairs = new LinkedHashMap<>();
        try {
            if (!DirectoryReader.indexExists(directory)) {
                return pairs;
            }
            try (DirectoryReader reader = DirectoryReader.open(directory)) {
                for (LeafReaderContext leaf : reader.leaves()) {
                    LeafReader documents = leaf.reader();
                    Bits live = documents.getLiveDocs(); // null when none was deleted
                    StoredFields stored = documents.storedFields();
                    for (int i = 0; i < documents.maxDoc(); i++) {
                        if (live == null || live.get(i)) {
                            IndexedPair pair = LuceneFolder.pair(stored.document(i), folder);
                            pairs.put(pair.id(), pair);
                        }
                    }
                }
            }
        } catch (IOException | IllegalStateException e) {
            throw LuceneFolder.fault(folder, e);
        }
        return pairs;
    }

    /**
     * Adds a pair, or replaces the one of its id.
     *
     * @param vector of its instruction: [dimension], of length 1
     */
    public void put(IndexedPair pair, float[] vector) {
        if (vector.length != info.dimension()) {
            throw new IllegalArgumentException("a vector of " + vector.length + " numbers, the index has " + info.dimension());
        }
        changing(() -> writer.updateDocument(new Term(LuceneFolder.ID, pair.id()), LuceneFolder.document(pair, vector, folder)));
    }

    /** Takes a pair out. */
    public void remove(String id) {
        changing(() -> writer.deleteDocuments(new Term(LuceneFolder.ID, id)));
    }

    /** Makes all changes so far last, as part of something that is not finished. */
    public void commit() {
        commit(false);
    }

    /** Makes all changes last and the index ready for use. */
    public void finish() {
        commit(true);
    }

    private void commit(boolean finished) {
        changing(() -> {
            writer.setLiveCommitData(LuceneFolder.commit(finished));
            return writer.commit();
        });
    }

    private void changing(Change change) {
        try {
            change.run();
        } catch (IOException e) {
            throw LuceneFolder.fault(folder, e);
        }
    }

    @FunctionalInterface
    private interface Change {
        /** @return what Lucene counts */
        long run() throws IOException;
    }

    /** Drops what was not committed. */
    @Override
    public void close() {
        try {
            writer.rollback();
        } catch (IOException e) {
            throw LuceneFolder.fault(folder, e);
        } finally {
            release(directory);
        }
    }
}
