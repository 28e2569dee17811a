package org.xprompt4j.xprompt.evaluation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Crops;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.inference.AnswerDecoder;
import org.xprompt4j.xprompt.inference.CompressedPrompt;
import org.xprompt4j.xprompt.inference.Context;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.prompt.Exchange;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.task.Task;

/**
 * Runs a suite: for every task and test photograph a query with its example from another test photograph, answered in the three
 * context modes. A case is a function of (seed, task, photograph), whatever else the suite holds.
 */
public final class Evaluation {
    private static final int ROWS = 32; // queries answered at once

    private final XPromptModel model;
    private final PhotoSource source;
    private final Suite suite;
    private final GenerationOptions options;

    /** A measurement of a model on photographs it was not trained on. */
    public Evaluation(XPromptModel model, PhotoSource source, Suite suite, GenerationOptions options) {
        this.model = model;
        this.source = source;
        this.suite = suite;
        this.options = options;
    }

    /** Told after every batch of answers. */
    @FunctionalInterface
    public interface Listener {
        /** Called with the number of queries answered so far and the number in all. */
        void answered(int done, int of);
    }

    private record Query(Task task, int photo, int stream, Task.Pair example, Task.Pair job) {
    }

    /** All cases, in the order of the suite's tasks, then of the photographs. */
    public List<Case> run(List<Task> known, Listener listener) {
        List<Query> queries = new ArrayList<>();
        for (Task task : suite.resolve(known)) {
            queries.addAll(queries(task));
        }
        List<Case> cases = new ArrayList<>();
        for (int from = 0; from < queries.size(); from += ROWS) {
            cases.addAll(answer(queries.subList(from, Math.min(queries.size(), from + ROWS))));
            listener.answered(cases.size(), queries.size());
        }
        return cases;
    }

    private List<Query> queries(Task task) {
        int[] photos = source.indices(Split.TEST);
        if (photos.length < 2) {
            throw new InvalidInput("the photographs hold " + photos.length + " of the test split, at least 2 are needed");
        }
        long key = key(task.name());
        List<Query> queries = new ArrayList<>();
        for (int i = 0; i < suite.photos(); i++) {
            int photo = photos[i % photos.length];
            int crop = i / photos.length; // a photograph that comes again gives another crop
            Philox random = Draws.of(suite.seed(), "case", key, source.photo(photo).key(), crop);
            int other = photos[(i % photos.length + 1 + random.nextInt(photos.length - 1)) % photos.length];
            Task.Instance instance = task.draw(random);
            int size = model.config().pictureSize();
            Task.Pair job = instance.make(Crops.draw(source, photo, crop, size, suite.seed()), random);
            Task.Pair example = instance.make(Crops.draw(source, other, crop, size, suite.seed()), random);
            queries.add(new Query(task, photo, random.nextInt(), example, job));
        }
        return queries;
    }

    /** A number for a task's name, the same everywhere. */
    private static long key(String name) {
        long key = 0;
        for (int i = 0; i < name.length(); i++) {
            key = key * 131 + name.charAt(i);
        }
        return key;
    }

    private List<Case> answer(List<Query> queries) {
        int size = model.config().pictureSize();
        List<Picture> pictures = new ArrayList<>();
        for (Query query : queries) {
            pictures.addAll(List.of(query.example().input(), query.example().output(), query.job().input(), query.job().output()));
        }
        int[][] codes = model.tokenizer().encode(pictures);
        List<Map<ContextMode, Picture>> answers = new ArrayList<>();
        queries.forEach(query -> answers.add(new EnumMap<>(ContextMode.class)));
        try (MemoryScope prompts = model.backend().openScope("prompts of an evaluation")) {
            List<Exchange> examples = new ArrayList<>();
            for (int i = 0; i < queries.size(); i++) {
                examples.add(Exchange.pictures(codes[4 * i], codes[4 * i + 1]));
            }
            List<CompressedPrompt> compressed = model.compressCoded(examples.stream().map(List::of).toList(), "", prompts);
            for (ContextMode mode : ContextMode.values()) {
                List<AnswerDecoder.Job> jobs = new ArrayList<>();
                for (int i = 0; i < queries.size(); i++) {
                    Context context = switch (mode) {
                        case NONE -> new Context.None();
                        case FULL -> new Context.Full(List.of(examples.get(i)));
                        case COMPRESSED -> new Context.Compressed(compressed.get(i));
                    };
                    jobs.add(AnswerDecoder.Job.of(context, codes[4 * i + 2], queries.get(i).stream()));
                }
                int[][] drawn = model.answer(jobs, options, (code, of) -> { });
                List<Picture> decoded = model.tokenizer().decode(drawn, size, size);
                for (int i = 0; i < queries.size(); i++) {
                    answers.get(i).put(mode, decoded.get(i));
                }
            }
        }
        int[][] truths = new int[queries.size()][];
        for (int i = 0; i < truths.length; i++) {
            truths[i] = codes[4 * i + 3];
        }
        List<Picture> reconstructions = model.tokenizer().decode(truths, size, size);
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < queries.size(); i++) {
            Query query = queries.get(i);
            cases.add(new Case(query.task(), query.photo(), query.example(), query.job(), reconstructions.get(i), answers.get(i)));
        }
        return cases;
    }
}
