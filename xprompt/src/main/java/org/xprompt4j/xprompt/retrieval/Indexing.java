package org.xprompt4j.xprompt.retrieval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.data.Sha256;
import org.xprompt4j.xprompt.embed.TextEmbedder;

/**
 * Brings an index to what a list of pairs says: new and changed pairs are embedded, those that are there already stay, those that the list
 * no longer names go. Commits on its way, so that after a crash the same list goes on where the last commit was.
 */
public final class Indexing {
    private static final int BATCH = 64; // pairs looked at, and their texts embedded together
    private static final int COMMIT_EVERY = 8192; // changed pairs: about half a minute of a small encoder

    private final Path folder;
    private final TextEmbedder embedder;
    private final int commitEvery;

    /** Told of progress. */
    @FunctionalInterface
    public interface Listener {
        /**
         * So many pairs of the list were looked at.
         *
         * @return false to stop here: what was done is committed
         */
        boolean done(int pairs, int of);
    }

    /**
     * What was done.
     *
     * @param pairs in the index now
     * @param added were new
     * @param changed had another instruction or other pictures before
     * @param kept were there already
     * @param removed are no longer named
     * @param finished false when the listener stopped it
     */
    public record Result(int pairs, int added, int changed, int kept, int removed, boolean finished) {
    }

    /**
     * @param folder of the index; made where missing
     * @param embedder makes the vectors
     */
    public Indexing(Path folder, TextEmbedder embedder) {
        this(folder, embedder, COMMIT_EVERY);
    }

    /** The same with commits more often, for tests. */
    Indexing(Path folder, TextEmbedder embedder, int commitEvery) {
        this.folder = folder;
        this.embedder = embedder;
        this.commitEvery = commitEvery;
    }

    /**
     * Indexes a list.
     *
     * @throws InvalidInput naming a file that is missing, or what is wrong with the folder
     */
    public Result run(List<EditPair> list, Listener listener) {
        try (PairIndexWriter writer = PairIndexWriter.open(folder, embedder)) {
            Map<String, IndexedPair> there = writer.pairs();
            List<IndexedPair> batch = new ArrayList<>();
            int added = 0;
            int changed = 0;
            int kept = 0;
            int uncommitted = 0;
            Set<String> named = new HashSet<>();
            for (int i = 0; i < list.size(); i++) {
                IndexedPair pair = hashed(list.get(i));
                named.add(pair.id());
                IndexedPair before = there.get(pair.id());
                if (pair.equals(before)) {
                    kept++;
                } else {
                    added += before == null ? 1 : 0;
                    changed += before == null ? 0 : 1;
                    batch.add(pair);
                }
                if ((i + 1) % BATCH == 0 || i + 1 == list.size()) {
                    put(writer, batch);
                    uncommitted += batch.size();
                    batch.clear();
                    boolean more = listener.done(i + 1, list.size()) || i + 1 == list.size();
                    if (!more || uncommitted >= commitEvery) {
                        writer.commit();
                        uncommitted = 0;
                    }
                    if (!more) {
                        return new Result(there.size() + added, added, changed, kept, 0, false);
                    }
                }
            }
            int removed = 0;
            for (String id : there.keySet()) {
                if (!named.contains(id)) {
                    writer.remove(id);
                    removed++;
                }
            }
            if (writer.isHalfMade() || added + changed + removed > 0) {
                writer.finish();
            }
            return new Result(named.size(), added, changed, kept, removed, true);
        }
    }

    private void put(PairIndexWriter writer, List<IndexedPair> batch) {
        if (batch.isEmpty()) {
            return;
        }
        float[][] vectors = embedder.embed(batch.stream().map(IndexedPair::instruction).toList()); // [batch][dimension]
        for (int i = 0; i < vectors.length; i++) {
            writer.put(batch.get(i), vectors[i]);
        }
    }

    private IndexedPair hashed(EditPair listed) {
        EditPair pair = new EditPair(listed.id(), placed(listed.before()), placed(listed.after()), listed.instruction());
        return new IndexedPair(pair, hash(listed.before()), hash(listed.after()));
    }

    /** As {@link PairIndexWriter#pairs} gives it back. */
    private Path placed(Path file) {
        return LuceneFolder.placed(file, folder);
    }

    private static String hash(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new InvalidInput(file + ": " + (Files.exists(file) ? "is not a file" : "no such file") + "; it is named by the list of pairs");
            }
            return Sha256.hex(file);
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }
}
