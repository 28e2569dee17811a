package org.xprompt4j.xprompt.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.nn.chameleon.KvCache;
import org.xprompt4j.nn.chameleon.NextTokenLoss;
import org.xprompt4j.nn.chameleon.Pass;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.CrossEntropySpec;
import org.xprompt4j.xprompt.inference.AnswerDecoder;
import org.xprompt4j.xprompt.inference.CompressedPrompt;
import org.xprompt4j.xprompt.inference.Context;
import org.xprompt4j.xprompt.inference.Example;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.TokenRows;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.metric.Psnr;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.prompt.Exchange;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.prompt.LossSpan;
import org.xprompt4j.xprompt.prompt.PromptLayout;

/** What each X-Prompt token carries: where it looked in the example, and what the answer loses without it. */
public final class XpStudy {
    private final XPromptModel opened;
    private final GenerationOptions options;

    /** A study of an open model, which stays the caller's. */
    public XpStudy(XPromptModel opened, GenerationOptions options) {
        this.opened = opened;
        this.options = options;
    }

    /**
     * One answer and how hard the whole prompt's answer is to guess under the same prompt.
     *
     * @param picture the answer
     * @param psnr    against the whole prompt's answer, dB
     * @param nats    mean of -ln p(code) over the first row of the whole prompt's answer: further down, the answer so far gives the task away
     */
    public record Answer(Picture picture, double psnr, double nats) {
    }

    /**
     * A study.
     *
     * @param example  as the model saw it
     * @param query    likewise
     * @param whole    with all tokens
     * @param without  [tokens] each token dropped
     * @param kept     with ever fewer tokens, evenly spread: as many as {@code counts} says
     * @param counts   of tokens kept, falling to 1
     * @param none     without any example
     * @param toInput  [tokens][codes] attention to the example's input, mean over layers and heads
     * @param toOutput [tokens][codes] likewise to its output
     */
    public record Study(Example example, Picture query, Answer whole, List<Answer> without, List<Answer> kept, List<Integer> counts, Answer none,
            double[][] toInput, double[][] toOutput) {
        /** How much harder the answer became to guess without a token, nats per code. */
        public double loss(int token) {
            return without.get(token).nats() - whole.nats();
        }
    }

    /** Studies one example on one query. */
    public Study run(Example example, Picture photo) {
        Example seen = new Example(opened.prepare(example.input()), opened.prepare(example.output()));
        Picture query = opened.prepare(photo);
        Exchange pair = opened.encode(List.of(seen)).getFirst();
        int[] codes = opened.tokenizer().encode(List.of(query))[0];
        int tokens = opened.config().xpIds().length;
        if (tokens < 2) {
            throw new InvalidInput("the model has a single X-Prompt token; nothing is left when it is dropped");
        }
        try (MemoryScope scope = opened.backend().openScope("X-Prompt study")) {
            // [drop]
            CompressedPrompt whole = opened.compressCoded(List.of(List.of(pair)), "", scope).getFirst();
            List<CompressedPrompt> prompts = new ArrayList<>(List.of(whole));
            for (int token = 0; token < tokens; token++) {
                int dropped = token;
                prompts.add(whole.only(scope, IntStream.range(0, tokens).filter(i -> i != dropped).toArray()));
            }
            // [end]
            List<Integer> counts = new ArrayList<>();
            for (int count = tokens / 2; count >= 1; count /= 2) {
                int few = count;
                counts.add(few);
                prompts.add(whole.only(scope, IntStream.range(0, few).map(i -> (2 * i + 1) * tokens / (2 * few)).toArray()));
            }
            List<int[]> drawn = new ArrayList<>(List.of(draw(List.of(new Context.Compressed(whole)), codes)[0]));
            drawn.addAll(List.of(draw(prompts.subList(1, tokens + 1).stream().<Context>map(Context.Compressed::new).toList(), codes)));
            for (CompressedPrompt few : prompts.subList(tokens + 1, prompts.size())) {
                drawn.addAll(List.of(draw(List.of(new Context.Compressed(few)), codes)));
            }
            drawn.addAll(List.of(draw(List.of(new Context.None()), codes)));
            int size = opened.config().pictureSize();
            List<Picture> pictures = opened.tokenizer().decode(drawn.toArray(int[][]::new), size, size);
            Exchange job = Exchange.pictures(codes, drawn.getFirst());
            List<Answer> answers = new ArrayList<>();
            for (int i = 0; i < pictures.size(); i++) {
                answers.add(new Answer(pictures.get(i), Psnr.capped(pictures.get(i), pictures.getFirst(), Psnr.CEILING),
                        nats(i < prompts.size() ? prompts.get(i) : null, job)));
            }
            AttentionStudy.Seen attention = new AttentionStudy(opened).ofXp(pair);
            double[][] toInput = IntStream.range(0, tokens).mapToObj(i -> attention.meanTo(i, 2, codes.length)).toArray(double[][]::new); // bos, boi first
            double[][] toOutput = IntStream.range(0, tokens).mapToObj(i -> attention.meanTo(i, 4 + codes.length, codes.length)).toArray(double[][]::new);
            return new Study(seen, query, answers.getFirst(), List.copyOf(answers.subList(1, tokens + 1)),
                    List.copyOf(answers.subList(tokens + 1, answers.size() - 1)), counts, answers.getLast(), toInput, toOutput);
        }
    }

    private int[][] draw(List<Context> contexts, int[] query) {
        return opened.answer(contexts.stream().map(c -> AnswerDecoder.Job.of(c, query, 0)).toList(), options, (code, of) -> { });
    }

    /** Mean of -ln p over the first row of an answer's codes, given a prompt; null for none. */
    private double nats(CompressedPrompt prompt, Exchange job) {
        Chameleon model = opened.chameleon();
        PromptLayout layout = PromptLayout.training(opened.config().tokens(ImageTokens.of(model.config())), ContextMode.NONE, Arrangement.SHARED, LossSpan.ANSWER,
                List.of(), job);
        int seq = layout.length();
        int first = AttentionStudy.answerStart(layout, job);
        int[] labels = layout.labels();
        Arrays.fill(labels, 0, first, CrossEntropySpec.IGNORED);
        Arrays.fill(labels, first + (int) Math.round(Math.sqrt(job.answer().length)), seq, CrossEntropySpec.IGNORED);
        try (MemoryScope scope = opened.backend().openScope("likelihood of an answer")) {
            // [nats]
            Ops ops = new Ops(opened.backend(), scope);
            int before = prompt == null ? 0 : prompt.tokens();
            KvCache cache = new KvCache(opened.backend(), scope, model.config(), 1, before + seq);
            if (prompt != null) {
                cache.seed(0, prompt.layers(), prompt.nextPosition());
            }
            Tensor embedded = model.embed(ops, TokenRows.ids(scope, List.of(layout)));                      // [1, seq, hidden]
            Tensor hidden = model.hidden(ops, embedded, Pass.prefill(cache.nextPositions(scope, seq), AttentionMask.causal(seq, before + seq), cache));
            return model.loss(ops, hidden, NextTokenLoss.of(scope, new int[][] {labels}, model.config().vocabSize()), 0).item();
            // [end]
        }
    }
}
