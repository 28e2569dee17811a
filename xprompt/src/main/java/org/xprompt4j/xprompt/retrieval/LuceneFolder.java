package org.xprompt4j.xprompt.retrieval;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104ScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104ScalarQuantizedVectorsFormat.ScalarEncoding;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.FSDirectory;
import org.xprompt4j.tensor.InvalidInput;

/** How pairs lie in a Lucene index: fields, vectors, commits; shared by those who read and write it. */
final class LuceneFolder {
    static final String NAME = "lucene"; // the folder inside an index's folder
    static final String ID = "id";
    static final String VECTOR = "vector";
    static final String BEFORE_HASH = "before_sha256";
    static final String AFTER_HASH = "after_sha256";

    private static final String BEFORE = "before";
    private static final String AFTER = "after";
    private static final String INSTRUCTION = "instruction";
    private static final String FINISHED = "finished"; // of a commit: no more pairs were to come

    private static final double BUFFER_MEGABYTES = 256; // vectors are kept in memory until then

    /** Held, for the logging system forgets loggers that nobody holds, with their levels. */
    private static final Logger LOG = Logger.getLogger("org.apache.lucene");

    static {
        LOG.setLevel(Level.SEVERE); // it greets with the vector width and advises on JVM options, which the tensor engine does itself
    }

    private LuceneFolder() {
    }

    /** The Lucene folder of an index. Everything of Lucene begins here, so that it is quiet. */
    static FSDirectory open(Path index) throws IOException {
        return FSDirectory.open(index.resolve(NAME));
    }

    /**
     * Settings of a writer. Vectors lie twice: as float32, and in eight bits for a first look at all of them ({@link PairIndex} says why
     * there is no graph). Merges run in the caller's thread, so that the same pairs give the same files.
     */
    static IndexWriterConfig writing() {
        return new IndexWriterConfig().setRAMBufferSizeMB(BUFFER_MEGABYTES).setMergeScheduler(new SerialMergeScheduler())
                .setCommitOnClose(false).setCodec(new Lucene104Codec() {
                    @Override
                    public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                        return new Lucene104ScalarQuantizedVectorsFormat(ScalarEncoding.UNSIGNED_BYTE);
                    }
                });
    }

    static Iterable<Map.Entry<String, String>> commit(boolean finished) {
        return Map.of(FINISHED, Boolean.toString(finished)).entrySet();
    }

    static boolean isFinished(Map<String, String> commit) {
        return Boolean.parseBoolean(commit.get(FINISHED));
    }

    /**
     * A pair as a document. Files below the folder that holds the index are named relative to the index, so that both can be moved
     * together; others by their absolute place.
     *
     * @param vector [dimension], of length 1
     */
    static Document document(IndexedPair pair, float[] vector, Path index) {
        Document document = new Document();
        document.add(new StringField(ID, pair.id(), Field.Store.YES));
        document.add(new StoredField(BEFORE, written(pair.before(), index)));
        document.add(new StoredField(AFTER, written(pair.after(), index)));
        document.add(new StoredField(INSTRUCTION, pair.instruction()));
        document.add(new StringField(BEFORE_HASH, pair.beforeHash(), Field.Store.YES));
        document.add(new StringField(AFTER_HASH, pair.afterHash(), Field.Store.YES));
        document.add(new KnnFloatVectorField(VECTOR, vector, VectorSimilarityFunction.DOT_PRODUCT));
        return document;
    }

    static IndexedPair pair(Document document, Path index) {
        EditPair pair = new EditPair(text(document, ID), index.resolve(text(document, BEFORE)).normalize(),
                index.resolve(text(document, AFTER)).normalize(), text(document, INSTRUCTION));
        return new IndexedPair(pair, text(document, BEFORE_HASH), text(document, AFTER_HASH));
    }

    /** A file as {@link #pair} will name it. */
    static Path placed(Path file, Path index) {
        return index.resolve(written(file, index)).normalize();
    }

    private static String text(Document document, String field) {
        String text = document.get(field);
        if (text == null) {
            throw new IllegalStateException("a document without " + field);
        }
        return text;
    }

    private static String written(Path file, Path index) {
        Path absolute = file.toAbsolutePath().normalize();
        Path home = index.toAbsolutePath().normalize();
        return home.getParent() != null && absolute.startsWith(home.getParent())
                ? home.relativize(absolute).toString().replace('\\', '/') : absolute.toString();
    }

    /** The complaint about files of the index that cannot be read or written. */
    static InvalidInput fault(Path index, Exception e) {
        String reason = e instanceof NoSuchFileException ? "the file " + e.getMessage() + " is missing" : String.valueOf(e.getMessage());
        return new InvalidInput(index + ": " + (e instanceof IOException ? "cannot be read or written, or is damaged (" : "is damaged (")
                + reason.lines().findFirst().orElse("") + "); when the disk is sound, remove the folder and index again", e);
    }
}
