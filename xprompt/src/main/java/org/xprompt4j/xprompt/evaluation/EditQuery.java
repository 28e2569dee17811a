package org.xprompt4j.xprompt.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Crops;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.wording.Wording;

/**
 * An edit that is asked for in words, on a test photograph, in phrases that no training says. A function of (seed, task, photograph),
 * whatever else is measured.
 *
 * @param task what is to be done
 * @param photo index of the photograph
 * @param pair the input and the right answer
 * @param wording all that can be said of it
 * @param instruction the words that ask for it
 * @param difference the words that tell it
 * @param stream noise of its answers
 */
public record EditQuery(WordedTasks.Worded task, int photo, Task.Pair pair, Wording wording, String instruction, String difference, int stream) {
    /**
     * So many queries of every task, on the same photographs for each: their means over photographs are then means over tasks.
     *
     * @param size side of the pictures
     */
    static List<EditQuery> draw(WordedTasks tasks, PhotoSource source, int size, WordsSettings settings) {
        int[] photos = source.indices(Split.TEST);
        if (photos.length == 0) {
            throw new InvalidInput("the photographs hold none of the test split; make a larger pack with: xp data prepare");
        }
        List<EditQuery> queries = new ArrayList<>();
        for (WordedTasks.Worded task : tasks.all()) {
            for (int i = 0; i < settings.queries(); i++) {
                int photo = photos[i % photos.length];
                int crop = i / photos.length; // a photograph that comes again gives another crop
                Philox random = Draws.of(settings.seed(), "edit in words " + task.asked().name(), source.photo(photo).key(), crop);
                Task.Instance instance = task.asked().draw(random);
                Wording wording = instance.wording();
                String instruction = wording.ask(random, Split.TEST);
                String difference = wording.tell(random, Split.TEST);
                Task.Pair pair = instance.make(Crops.draw(source, photo, crop, size, settings.seed()), random);
                queries.add(new EditQuery(task, photo, pair, wording, instruction, difference, random.nextInt()));
            }
        }
        return queries;
    }
}
