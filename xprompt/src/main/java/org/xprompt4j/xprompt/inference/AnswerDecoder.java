package org.xprompt4j.xprompt.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.nn.chameleon.KvCache;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
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
    private final CodeSampler sampler;
    private final JobReader reader;

    AnswerDecoder(Backend backend, Chameleon model, PromptTokens tokens, ImageTokens imageTokens) {
        this.backend = backend;
        this.model = model;
        this.tokens = tokens;
        this.sampler = new CodeSampler(backend, model, imageTokens);
        this.reader = new JobReader(backend, model, tokens);
    }

    /**
     * Draws the answers of jobs whose contexts are of one kind; contexts and questions may be of any length. Either all of them say
     * something beyond their pictures, or none does.
     *
     * @param length codes of an answer
     * @param listener told how many of an answer's codes are drawn, in the mean over all jobs
     * @return [jobs][length]
     */
    int[][] answer(List<Job> jobs, int length, GenerationOptions options, Listener listener) {
        List<UnaryOperator<Job>> reduced = guidanceRows(jobs.getFirst(), options);
        int batch = MOST_ROWS / (1 + reduced.size());
        int[][] codes = new int[jobs.size()][];
        for (int from = 0; from < codes.length; from += batch) {
            int done = from;
            List<Job> part = jobs.subList(from, Math.min(codes.length, from + batch));
            int[][] drawn = together(part, reduced, length, options,
                    (code, of) -> listener.drawn((int) (((long) done * of + (long) part.size() * code) / codes.length), of));
            System.arraycopy(drawn, 0, codes, from, drawn.length);
        }
        return codes;
    }

    /**
     * What a job is compared with, one row each (XPROMPT, section 3): the question's pictures alone, without examples and words; with an
     * image guidance also nothing at all. A job that is nothing more than its pictures has nothing to be compared with.
     */
    private static List<UnaryOperator<Job>> guidanceRows(Job job, GenerationOptions options) {
        List<UnaryOperator<Job>> rows = new ArrayList<>();
        boolean beyond = options.imageGuidance() > 0;
        if (beyond || options.guidance() != 1 && !job.equals(pictures(job))) {
            rows.add(AnswerDecoder::pictures);
        }
        if (beyond) {
            rows.add(one -> new Job(new Context.None(), List.of(), one.stream()));
        }
        return rows;
    }

    private static Job pictures(Job job) {
        return new Job(new Context.None(), job.asked().stream().filter(part -> part instanceof Part.Image).toList(), job.stream());
    }

    private int[][] together(List<Job> jobs, List<UnaryOperator<Job>> reduced, int length, GenerationOptions options, Listener listener) {
        int batch = jobs.size();
        int rows = batch * (1 + reduced.size());
        try (MemoryScope scope = backend.openScope("stage 2")) {
            int longest = jobs.stream().mapToInt(job -> reader.length(job.context(), question(job))).max().orElseThrow();
            KvCache cache = new KvCache(backend, scope, model.config(), rows, longest + length);
            Tensor logits = scope.allocate(DType.F32, rows, model.config().vocabSize()); // of the next code
            prefill(jobs, cache, logits, 0);
            for (int i = 0; i < reduced.size(); i++) {
                prefill(jobs.stream().map(reduced.get(i)).toList(), cache, logits, batch * (1 + i));
            }
            int[] streams = jobs.stream().mapToInt(Job::stream).toArray();
            return sampler.draw(streams, cache, logits, length, options, drawn -> listener.drawn(drawn, length));
        }
    }

    private JobReader.Question question(Job job) {
        return job.asked().isEmpty() ? position -> PromptLayout.unconditional(tokens) : position -> PromptLayout.job(tokens, job.asked(), position);
    }

    /** Reads context and job of the rows from {@code first} on; writes the logits of their first codes, [rows, vocab]. */
    private void prefill(List<Job> jobs, KvCache cache, Tensor logits, int first) {
        for (int i = 0; i < jobs.size(); i++) {
            int row = first + i;
            Tensor own = logits.slice(0, row, row + 1);
            Job job = jobs.get(i);
            if (i > 0 && sameStart(jobs.get(i - 1), job)) {
                cache.copyRow(row - 1, row); // samples of one job differ by their noise alone
                backend.copy(logits.slice(0, row - 1, row), own);
            } else {
                reader.read(job.context(), question(job), cache.rows(row, row + 1), own);
            }
        }
    }

    private static boolean sameStart(Job a, Job b) {
        return a.context().equals(b.context()) && a.asked().equals(b.asked());
    }
}
