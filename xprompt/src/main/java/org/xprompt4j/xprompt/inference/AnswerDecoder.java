package org.xprompt4j.xprompt.inference;

import java.util.List;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.DecodeLoop;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.nn.chameleon.KvCache;
import org.xprompt4j.nn.chameleon.Pass;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.SamplingSpec;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.prompt.Part;
import org.xprompt4j.xprompt.prompt.PromptLayout;
import org.xprompt4j.xprompt.prompt.PromptTokens;

/**
 * Stage 2: reads the job (TD rows) behind its context and draws the answer's codes one by one. The cache holds XP and TD only
 * when the context is compressed.
 *
 * <p>A job's codes do not depend on what is drawn beside it, bit for bit: contexts and queries are read row by row, and steps
 * stay within the rows for which the backend computes each row alike whatever its company.
 */
public final class AnswerDecoder {
    /**
     * One picture to draw.
     *
     * @param context what it sees of the examples
     * @param asked pictures and words of the question
     * @param stream noise stream; with the seed it decides the draw
     */
    public record Job(Context context, List<Part> asked, int stream) {
        /** A job that asks with one picture alone, [codes]. */
        public static Job of(Context context, int[] query, int stream) {
            return new Job(context, List.of(new Part.Image(query)), stream);
        }
    }

    /** Told how far the codes of a batch are; on devices that queue their work not after every code. */
    @FunctionalInterface
    public interface Listener {
        /** Called with the number of codes drawn so far and the number in all. */
        void drawn(int code, int of);
    }

    private static final int MOST_ROWS = 64; // of a step, guidance rows included: the decode regime of the backends

    private final Backend backend;
    private final Chameleon model;
    private final PromptTokens tokens;
    private final ImageTokens imageTokens;

    AnswerDecoder(Backend backend, Chameleon model, PromptTokens tokens, ImageTokens imageTokens) {
        if (!imageTokens.isContiguous()) {
            throw new InvalidInput("config.json: vocabulary_map: image codes must be one run of ids for drawing");
        }
        this.backend = backend;
        this.model = model;
        this.tokens = tokens;
        this.imageTokens = imageTokens;
    }

    /**
     * Draws the answers of jobs whose contexts are of one kind and size.
     *
     * @param length codes of an answer
     * @param listener told how many of an answer's codes are drawn, in the mean over all jobs
     * @return [jobs][length]
     */
    int[][] answer(List<Job> jobs, int length, GenerationOptions options, Listener listener) {
        boolean guided = options.guidance() != 1 && !(jobs.getFirst().context() instanceof Context.None);
        int batch = guided ? MOST_ROWS / 2 : MOST_ROWS;
        int[][] codes = new int[jobs.size()][];
        for (int from = 0; from < codes.length; from += batch) {
            int done = from;
            List<Job> part = jobs.subList(from, Math.min(codes.length, from + batch));
            int[][] drawn = together(part, guided, length, options,
                    (code, of) -> listener.drawn((int) (((long) done * of + (long) part.size() * code) / codes.length), of));
            System.arraycopy(drawn, 0, codes, from, drawn.length);
        }
        return codes;
    }

    private int[][] together(List<Job> jobs, boolean guided, int length, GenerationOptions options, Listener listener) {
        int batch = jobs.size();
        int rows = guided ? 2 * batch : batch;
        try (MemoryScope scope = backend.openScope("stage 2")) {
            KvCache cache = new KvCache(backend, scope, model.config(), rows, promptLength(jobs.getFirst()) + length);
            Tensor logits = scope.allocate(DType.F32, rows, model.config().vocabSize()); // of the next code
            prefill(jobs, cache, logits, 0);
            if (guided) {
                prefill(jobs.stream().map(job -> new Job(new Context.None(), job.asked(), job.stream())).toList(), cache, logits, batch);
            }
            return draw(scope, jobs, cache, logits, length, options, listener);
        }
    }

    private int promptLength(Job job) {
        int own = PromptLayout.job(tokens, job.asked(), 0).length();
        return switch (job.context()) {
            case Context.None none -> own;
            case Context.Compressed compressed -> compressed.prompt().tokens() + own;
            case Context.Full full -> contextLayout(full).length() + own;
        };
    }

    private PromptLayout contextLayout(Context.Full full) {
        return PromptLayout.context(tokens, ContextMode.FULL, Arrangement.SHARED, full.examples());
    }

    /** Reads context and job of the rows from {@code first} on; writes the logits of their first codes, [rows, vocab]. */
    private void prefill(List<Job> jobs, KvCache cache, Tensor logits, int first) {
        for (int i = 0; i < jobs.size(); i++) {
            int row = first + i;
            Tensor own = logits.slice(0, row, row + 1);
            if (i > 0 && sameStart(jobs.get(i - 1), jobs.get(i))) {
                cache.copyRow(row - 1, row); // samples of one job differ by their noise alone
                backend.copy(logits.slice(0, row - 1, row), own);
            } else {
                prefill(jobs.get(i), cache.rows(row, row + 1), own);
            }
        }
    }

    private static boolean sameStart(Job a, Job b) {
        return a.context().equals(b.context()) && a.asked().equals(b.asked());
    }

    /** Reads context and job into an empty cache of one row; writes the logits of the first code, [1, vocab]. */
    private void prefill(Job job, KvCache cache, Tensor logits) {
        try (MemoryScope scope = backend.openScope("prefill")) {
            Ops ops = new Ops(backend, scope);
            switch (job.context()) {
                case Context.None none -> { }
                case Context.Compressed compressed -> cache.seed(0, compressed.prompt().layers(), compressed.prompt().nextPosition());
                case Context.Full full -> {
                    List<PromptLayout> context = List.of(contextLayout(full));
                    model.fillCache(ops, model.embed(ops, TokenRows.ids(scope, context)),
                            Pass.prefill(TokenRows.positions(scope, context), context.getFirst().mask(), cache));
                }
            }
            PromptLayout layout = PromptLayout.job(tokens, job.asked(), cache.nextPosition(0));
            backend.copy(model.prefill(ops, TokenRows.ids(scope, List.of(layout)), cache), logits);
        }
    }

    private int[][] draw(MemoryScope scope, List<Job> jobs, KvCache cache, Tensor first, int length, GenerationOptions options, Listener listener) {
        int batch = jobs.size();
        int rows = cache.batch();
        SamplingSpec spec = new SamplingSpec(options.temperature(), options.topK(), options.topP(), imageTokens.firstId(),
                imageTokens.codes(), options.seed(), 0, options.guidance());
        Tensor streams = scope.of(jobs.stream().mapToInt(Job::stream).toArray(), batch);
        int[][] ids = DecodeLoop.run(backend, model, cache, first, length, (logits, steps, tokens) -> {
            backend.sample(spec, logits.slice(0, 0, batch), null, rows > batch ? logits.slice(0, batch, rows) : null,
                    streams, steps.slice(0, 0, batch), tokens.slice(0, 0, batch));
            if (rows > batch) {
                backend.copy(tokens.slice(0, 0, batch), tokens.slice(0, batch, rows)); // guidance rows repeat them
            }
        }, drawn -> listener.drawn((int) drawn, length));
        int[][] codes = new int[batch][length];
        for (int row = 0; row < batch; row++) {
            for (int i = 0; i < length; i++) {
                codes[row][i] = imageTokens.code(ids[i][row]);
            }
        }
        return codes;
    }
}
