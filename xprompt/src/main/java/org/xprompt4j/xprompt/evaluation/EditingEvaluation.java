package org.xprompt4j.xprompt.evaluation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.embed.PictureEmbedder;
import org.xprompt4j.xprompt.embed.TextEmbedder;
import org.xprompt4j.xprompt.inference.AnswerDecoder;
import org.xprompt4j.xprompt.inference.CompressedPrompt;
import org.xprompt4j.xprompt.inference.Context;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.prompt.Exchange;
import org.xprompt4j.xprompt.prompt.Part;
import org.xprompt4j.xprompt.task.Task;

/**
 * Edits as words ask for them, with and without a worked example that was found by these words: the comparison of the paper's table 3.
 * The example is compressed into X-Prompt tokens, as the paper's is.
 */
final class EditingEvaluation {
    private static final int ROWS = 32; // queries answered at once
    private static final int PICTURES = 6; // of a query: input, truth, and two examples of two

    private final XPromptModel model;
    private final ExamplePool pool;
    private final TextEmbedder embedder;
    private final PictureEmbedder features;
    private final GenerationOptions options;
    private final long seed;

    /** @param seed of the random examples */
    EditingEvaluation(XPromptModel model, ExamplePool pool, TextEmbedder embedder, PictureEmbedder features, GenerationOptions options, long seed) {
        this.model = model;
        this.pool = pool;
        this.embedder = embedder;
        this.features = features;
        this.options = options;
        this.seed = seed;
    }

    /** Answers all queries; tells after every batch how many are done. */
    List<EditCase> run(List<EditQuery> queries, IntConsumer progress) {
        List<EditCase> cases = new ArrayList<>();
        for (int from = 0; from < queries.size(); from += ROWS) {
            cases.addAll(answer(queries.subList(from, Math.min(queries.size(), from + ROWS))));
            progress.accept(cases.size());
        }
        return cases;
    }

    private List<EditCase> answer(List<EditQuery> queries) {
        List<ExamplePool.Entry> found = pool.nearest(embedder.embed(queries.stream().map(EditQuery::instruction).toList()),
                queries.stream().mapToInt(EditQuery::photo).toArray());
        List<ExamplePool.Entry> random = queries.stream().map(query -> pool.any(query.photo(), Draws.of(seed, "random example", query.stream()))).toList();
        List<Task.Pair> examples = found.stream().map(pool::pair).toList();
        List<Picture> pictures = new ArrayList<>();
        for (int i = 0; i < queries.size(); i++) {
            Task.Pair other = pool.pair(random.get(i));
            pictures.addAll(List.of(queries.get(i).pair().input(), queries.get(i).pair().output(), examples.get(i).input(), examples.get(i).output(),
                    other.input(), other.output()));
        }
        int[][] codes = model.tokenizer().encode(pictures);
        List<Map<EditColumn, Picture>> answers = new ArrayList<>();
        for (EditQuery query : queries) {
            answers.add(new EnumMap<>(Map.of(EditColumn.COPY, query.pair().input())));
        }
        for (EditColumn column : EditColumn.DRAWN) {
            try (MemoryScope prompts = model.backend().openScope("prompts of an evaluation")) {
                List<AnswerDecoder.Job> jobs = new ArrayList<>();
                for (int i = 0; i < queries.size(); i++) {
                    jobs.add(job(column, queries.get(i), codes, PICTURES * i, column == EditColumn.RANDOM_TEXT ? random.get(i) : found.get(i), prompts));
                }
                put(answers, column, model.answer(jobs, options, (code, of) -> { }));
            }
        }
        int[][] truths = new int[queries.size()][];
        for (int i = 0; i < truths.length; i++) {
            truths[i] = codes[PICTURES * i + 1];
        }
        put(answers, EditColumn.CEILING, truths);
        List<EditCase> cases = new ArrayList<>();
        for (int i = 0; i < queries.size(); i++) {
            cases.add(new EditCase(queries.get(i), found.get(i), examples.get(i), answers.get(i), scores(queries.get(i).pair(), answers.get(i))));
        }
        return cases;
    }

    /**
     * What a column asks.
     *
     * @param codes of all pictures
     * @param first place of the query's among them
     */
    private AnswerDecoder.Job job(EditColumn column, EditQuery query, int[][] codes, int first, ExamplePool.Entry entry, MemoryScope prompts) {
        boolean said = column != EditColumn.RETRIEVED;
        List<Part> asked = Exchange.question(said ? words(query.instruction()) : new int[0], List.of(new Part.Image(codes[first])));
        if (column == EditColumn.TEXT) {
            return new AnswerDecoder.Job(new Context.None(), asked, query.stream());
        }
        int example = first + (column == EditColumn.RANDOM_TEXT ? 4 : 2);
        Exchange shown = Exchange.pictures(codes[example], codes[example + 1]);
        CompressedPrompt prompt = model.compressCoded(List.of(List.of(said ? shown.withWords(words(entry.instruction())) : shown)), "", prompts).getFirst();
        return new AnswerDecoder.Job(new Context.Compressed(prompt), asked, query.stream());
    }

    private int[] words(String text) {
        return ((Part.Text) model.question(List.of(), text).getFirst()).ids();
    }

    private void put(List<Map<EditColumn, Picture>> answers, EditColumn column, int[][] codes) {
        int size = model.config().pictureSize();
        List<Picture> pictures = model.tokenizer().decode(codes, size, size);
        for (int i = 0; i < codes.length; i++) {
            answers.get(i).put(column, pictures.get(i));
        }
    }

    private Map<EditColumn, EditScores> scores(Task.Pair asked, Map<EditColumn, Picture> answers) {
        List<Picture> seen = new ArrayList<>(List.of(asked.input(), asked.output()));
        seen.addAll(answers.values()); // in the order of the columns
        float[][] vectors = features.embed(seen);
        Map<EditColumn, EditScores> scores = new EnumMap<>(EditColumn.class);
        int at = 2;
        for (Map.Entry<EditColumn, Picture> answer : answers.entrySet()) {
            scores.put(answer.getKey(), EditScores.of(asked, answer.getValue(), vectors[0], vectors[1], vectors[at++]));
        }
        return scores;
    }
}
