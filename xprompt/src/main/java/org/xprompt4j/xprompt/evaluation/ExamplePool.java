package org.xprompt4j.xprompt.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Crops;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.embed.TextEmbedder;
import org.xprompt4j.xprompt.retrieval.BruteForce;
import org.xprompt4j.xprompt.task.Task;

/**
 * A database of worked examples as the paper's retrieval has one: photographs, tasks and the phrases of training, and novel tasks too, for
 * a database may hold what no training saw. An entry's pictures are made when it is found; its instruction is embedded once. What is found
 * is nearest by cosine among all entries of other photographs than the query's.
 */
public final class ExamplePool implements AutoCloseable {
    private static final int SHIFT = 32; // crops of the pool are others than those of trainings, whose numbers are small

    /**
     * An example that can be made.
     *
     * @param number within the pool; decides parameters, crop and phrase
     * @param task what it shows
     * @param photo index of its photograph
     * @param instruction asks for it
     */
    public record Entry(int number, WordedTasks.Worded task, int photo, String instruction) {
    }

    private final PhotoSource source;
    private final int[] photos;
    private final int size;
    private final long seed;
    private final List<Entry> entries = new ArrayList<>();
    private final BruteForce search;

    /** What was drawn for an entry, and the numbers that its pictures are drawn with. */
    private record Drawn(Entry entry, Task.Instance instance, Philox random) {
    }

    /**
     * Draws the entries, the tasks in turns, and embeds their instructions.
     *
     * @param photos indices of the photographs that examples may show
     * @param size side of the pictures
     * @param backend computes the cosines; stays open
     */
    ExamplePool(PhotoSource source, int[] photos, WordedTasks tasks, int size, WordsSettings settings, TextEmbedder embedder, Backend backend) {
        if (photos.length == 0) {
            throw new InvalidInput("the photographs hold none of the training split, of which examples are made; make a larger pack with: xp data prepare");
        }
        this.source = source;
        this.photos = photos.clone();
        this.size = size;
        this.seed = settings.seed();
        for (int i = 0; i < settings.pool(); i++) {
            WordedTasks.Worded task = tasks.all().get(i % tasks.all().size());
            entries.add(draw(i, task).entry());
        }
        search = new BruteForce(backend, embedder.embed(entries.stream().map(Entry::instruction).toList()));
    }

    private Drawn draw(int number, WordedTasks.Worded task) {
        Philox random = Draws.of(seed, "example in words " + task.shown().name(), number);
        int photo = photos[random.nextInt(photos.length)];
        Task.Instance instance = task.shown().draw(random);
        return new Drawn(new Entry(number, task, photo, instance.wording().ask(random, Split.TRAIN)), instance, random);
    }

    /** All entries. */
    public List<Entry> entries() {
        return entries;
    }

    /** The pictures of an entry. */
    Task.Pair pair(Entry entry) {
        Drawn drawn = draw(entry.number(), entry.task());
        return drawn.instance().make(Crops.draw(source, entry.photo(), (long) entry.number() << SHIFT, size, seed), drawn.random());
    }

    /**
     * For each query the entry whose instruction is nearest, the first one on ties; none of the query's own photograph.
     *
     * @param vectors [queries][dimension] of the instructions
     * @param own photograph of each query
     */
    List<Entry> nearest(float[][] vectors, int[] own) {
        float[][] cosines = search.cosines(vectors);
        List<Entry> found = new ArrayList<>();
        for (int i = 0; i < vectors.length; i++) {
            Entry best = null;
            for (Entry entry : entries) {
                if (entry.photo() != own[i] && (best == null || cosines[i][entry.number()] > cosines[i][best.number()])) {
                    best = entry;
                }
            }
            found.add(require(best));
        }
        return found;
    }

    /** Any entry but those of a photograph. */
    Entry any(int own, Philox random) {
        List<Entry> others = entries.stream().filter(entry -> entry.photo() != own).toList();
        return require(others.isEmpty() ? null : others.get(random.nextInt(others.size())));
    }

    private static Entry require(Entry entry) {
        if (entry == null) {
            throw new InvalidInput("--pool: all of its examples show the photograph that is asked about; make it larger");
        }
        return entry;
    }

    @Override
    public void close() {
        search.close();
    }
}
