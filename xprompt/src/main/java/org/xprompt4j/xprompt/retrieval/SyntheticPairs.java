package org.xprompt4j.xprompt.retrieval;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.file.JsonWriter;
import org.xprompt4j.xprompt.data.Crops;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.data.Photo;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.picture.PictureWriter;
import org.xprompt4j.xprompt.picture.WholeFile;
import org.xprompt4j.xprompt.task.Task;

/**
 * Pairs for demonstrations: training photographs, changed by the built-in tasks that have words, with an instruction of each task's
 * grammar. Novel tasks are among them, for an index may show what no training saw. A function of photographs, number and seed.
 */
public final class SyntheticPairs {
    private static final int SHIFT = 32; // crops of the index are others than those of trainings, whose numbers are small

    private final List<Task> tasks;
    private final PhotoSource source;
    private final int size;
    private final long seed;

    /**
     * @param known every task; those without words are left out
     * @param source photographs; those for training are used
     * @param size side of the pictures, in pixels
     */
    public SyntheticPairs(List<Task> known, PhotoSource source, int size, long seed) {
        this.tasks = known.stream().filter(Task::hasWords).toList();
        this.source = source;
        this.size = size;
        this.seed = seed;
    }

    /** The tasks that have words, in the order of the tables. */
    public List<Task> tasks() {
        return tasks;
    }

    /**
     * Writes {@code TASK-NUMBER-before.png} and {@code -after.png} for so many pairs, the tasks in turns, then {@code pairs.jsonl}, which
     * names them, and {@code credits.txt}. Files that are there with the same content stay.
     *
     * @param folder made where missing
     * @param progress told after each pair how many there are
     */
    public void write(Path folder, int count, IntConsumer progress) {
        int[] photos = source.indices(Split.TRAIN);
        if (photos.length == 0) {
            throw new InvalidInput("the photographs have none of split train, of which pairs are made; make a larger pack with: xp data prepare");
        }
        List<String> lines = new ArrayList<>();
        Set<String> credits = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            Task task = tasks.get(i % tasks.size());
            int number = i / tasks.size();
            Philox random = Draws.of(seed, "synthetic pair " + task.name(), number);
            int photo = photos[random.nextInt(photos.length)];
            Task.Instance instance = task.draw(random);
            String instruction = instance.wording().ask(random, Split.TRAIN);
            Task.Pair pair = instance.make(Crops.draw(source, photo, (long) i << SHIFT, size, seed), random);
            String id = task.name() + "-" + number;
            Map<String, String> line = new LinkedHashMap<>();
            line.put("id", id);
            line.put("before", id + "-before.png");
            line.put("after", id + "-after.png");
            line.put("instruction", instruction);
            put(folder.resolve(line.get("before")), PictureWriter.png(pair.input()));
            put(folder.resolve(line.get("after")), PictureWriter.png(pair.output()));
            lines.add(JsonWriter.compact(line));
            Photo credited = source.photo(photo);
            credits.add(credited.path() + ", " + credited.author() + ", " + credited.licence() + ", " + credited.source());
            progress.accept(i + 1);
        }
        put(folder.resolve("credits.txt"), text("Photographs that the pictures here were cut from and changed:\n", credits));
        put(folder.resolve(PairList.FILE), text("", lines)); // last: the list names what is there
    }

    private static byte[] text(String first, Iterable<String> lines) {
        return (first + String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static void put(Path file, byte[] bytes) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) != bytes.length || !Arrays.equals(Files.readAllBytes(file), bytes)) {
                WholeFile.write(file, bytes);
            }
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }
}
