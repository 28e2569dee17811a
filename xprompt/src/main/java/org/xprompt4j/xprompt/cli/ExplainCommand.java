package org.xprompt4j.xprompt.cli;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.explain.AttentionSheet;
import org.xprompt4j.xprompt.explain.AttentionStudy;
import org.xprompt4j.xprompt.explain.CodeSheet;
import org.xprompt4j.xprompt.explain.CodeStudy;
import org.xprompt4j.xprompt.explain.XpSheet;
import org.xprompt4j.xprompt.explain.XpStudy;
import org.xprompt4j.xprompt.inference.AnswerDecoder;
import org.xprompt4j.xprompt.inference.Context;
import org.xprompt4j.xprompt.inference.Example;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.CentreCrop;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureReader;
import org.xprompt4j.xprompt.picture.PictureWriter;
import org.xprompt4j.xprompt.prompt.Exchange;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code xp explain}: what a model does, drawn. */
@Command(name = "explain", header = "draws where a model looks and what it keeps", synopsisSubcommandLabel = "attention|codes|xp",
        subcommands = {ExplainCommand.Attention.class, ExplainCommand.Codes.class, ExplainCommand.Xp.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp explain codes --input photo.jpg --out explained",
            "  xp explain xp --example day.png night.png --input photo.jpg --out explained",
            "  xp explain attention --example day.png night.png --input photo.jpg --at 8,8 --out explained"})
final class ExplainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private HelpOptions help;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "say what to explain: attention, codes or xp");
    }

    /** What the three have in common. */
    abstract static class Part implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Mixin
        ModelOptions model;

        @Option(names = "--input", required = true, paramLabel = "PICTURE", description = "the photo")
        Path input;

        @Option(names = "--out", paramLabel = "DIR", defaultValue = "explain-out", description = "where the picture goes; default: ${DEFAULT-VALUE}")
        Path out;

        final Map<String, Object> figures = new LinkedHashMap<>();

        abstract BufferedImage explain(XPromptModel opened, Picture photo);

        /** Checks options before the model is opened. */
        void check() {
        }

        @Override
        public Integer call() {
            check();
            OutputPlace.folder(out);
            Picture photo = PictureReader.read(input);
            try (XPromptModel opened = model.open()) {
                Path file = out.resolve(getClass().getAnnotation(Command.class).name() + ".png");
                BufferedImage picture = explain(opened, photo);
                PictureWriter.write(picture, file);
                figures.put("out", file.toString());
            }
            common.result(figures, () -> figures.forEach((name, value) -> {
                if (!(value instanceof List<?> list) || list.size() <= 40) {
                    common.out().println(name.equals("out") ? value : String.format("%-26s %s", name.replace('_', ' '), Figures.text(value)));
                }
            }));
            return Main.DONE;
        }

        static Example only(ExampleOptions examples) {
            List<Example> read = examples.read();
            if (read.size() != 1) {
                throw new InvalidInput("--example: one worked example is explained at a time, " + read.size() + " were given");
            }
            return read.getFirst();
        }
    }

    /** {@code xp explain attention}. */
    @Command(name = "attention", header = "where the model looks in the photo, by layer and head", description = {
        "Draws the answer, then shows for one of its codes where each head of each layer looked in the photo when it was about to be drawn.",
        "Computed again for this one token from the keys of the prompt; nothing of the size tokens x tokens is ever made."},
            footerHeading = "%nExamples:%n",
            footer = {
                "  xp explain attention --example day.png night.png --input photo.jpg --out explained",
                "  xp explain attention --input photo.jpg --at 0,15 --out explained           no example; lower left code",
                "  xp explain attention --example a.png b.png --input photo.jpg --json        the maps as numbers"})
    static final class Attention extends Part {
        @Mixin
        private ExampleOptions examples;

        @Mixin
        private SamplingOptions sampling;

        @Option(names = "--at", paramLabel = "COLUMN,ROW", description = "which code of the answer is about to be drawn; default: the middle")
        private String at;

        @Override
        void check() {
            if (at != null && !at.matches("[0-9]{1,4},[0-9]{1,4}")) {
                throw new InvalidInput("--at must be COLUMN,ROW of the answer's codes, such as 8,8; is '" + at + "'");
            }
        }

        @Override
        BufferedImage explain(XPromptModel opened, Picture photo) {
            List<Exchange> pairs = examples.isEmpty() ? List.of() : opened.encode(List.of(only(examples)));
            Picture query = opened.prepare(photo);
            int[] codes = opened.tokenizer().encode(List.of(query))[0];
            int columns = query.width() / opened.tokenizer().reduction();
            int code = code(columns);
            Context context = pairs.isEmpty() ? new Context.None()
                    : new Context.Compressed(opened.compress(examples.read(), ""));
            int[] drawn = opened.answer(List.of(AnswerDecoder.Job.of(context, codes, 0)), sampling.options(), (done, of) -> { })[0];
            Exchange job = Exchange.pictures(codes, drawn);
            AttentionStudy.Seen seen = new AttentionStudy(opened).ofAnswer(pairs, job, code);
            int from = AttentionStudy.queryStart(seen.layout(), job);
            figures.put("at", List.of(code % columns, code / columns));
            List<Map<String, Object>> heads = new ArrayList<>();
            for (int layer = 0; layer < seen.layers(); layer++) {
                List<Double> shares = new ArrayList<>();
                for (int head = 0; head < seen.heads(); head++) {
                    double[] map = seen.to(layer, head, 0, from, codes.length);
                    double share = Arrays.stream(map).sum();
                    shares.add(share);
                    Map<String, Object> one = new LinkedHashMap<>();
                    one.put("layer", layer);
                    one.put("head", head);
                    one.put("photo_share", share);
                    one.put("map", map);
                    heads.add(one);
                }
                figures.put("photo_share_layer_" + layer, shares);
            }
            if (common.json()) {
                figures.put("heads", heads);
            }
            Picture answer = opened.tokenizer().decode(new int[][] {drawn}, query.width(), query.height()).getFirst();
            return AttentionSheet.draw(new AttentionSheet.Subject(seen, query, answer, from, codes.length, code));
        }

        private int code(int columns) {
            if (at == null) {
                return columns / 2 * columns + columns / 2;
            }
            int column = Integer.parseInt(at.substring(0, at.indexOf(',')));
            int row = Integer.parseInt(at.substring(at.indexOf(',') + 1));
            if (column >= columns || row >= columns) {
                throw new InvalidInput("--at " + at + " lies outside the answer's " + columns + " x " + columns + " codes, which count from 0");
            }
            return row * columns + column;
        }
    }

    /** {@code xp explain codes}. */
    @Command(name = "codes", header = "the codes of a picture, and what comes back of them", description = {
        "Shows the codebook with the codes of the photo, what the tokenizer brings back of it, and the same photo with fewer and more codes."},
            footerHeading = "%nExamples:%n",
            footer = {
                "  xp explain codes --input photo.jpg --out explained",
                "  xp explain codes --model my/model --input photo.jpg --json           the codes as numbers"})
    static final class Codes extends Part {
        @Override
        BufferedImage explain(XPromptModel opened, Picture photo) {
            CodeStudy study = new CodeStudy(opened.tokenizer());
            int side = opened.config().pictureSize();
            CodeStudy.Coded coded = study.code(opened.prepare(photo));
            int[] use = study.use(List.of(coded));
            Picture large = CentreCrop.square(photo, 4 * side);
            List<CodeStudy.Coded> levels = side % (4 * opened.tokenizer().reduction()) == 0 ? study.levels(large, side / 4, side / 2, side, 2 * side, 4 * side) : List.of();
            figures.put("codes", Arrays.stream(coded.codes()).boxed().toList());
            figures.put("distinct", coded.distinct());
            figures.put("perplexity", CodeStudy.perplexity(use));
            figures.put("psnr", coded.psnr());
            if (common.json()) {
                figures.put("use", use);
            }
            return CodeSheet.draw(coded, levels, study.entries(), use);
        }
    }

    /** {@code xp explain xp}. */
    @Command(name = "xp", header = "what each X-Prompt token looks at and what is lost without it", description = {
        "Compresses the example, shows over which of its places each X-Prompt token's attention lies, and draws the answer again without that token."},
            footerHeading = "%nExamples:%n",
            footer = {
                "  xp explain xp --example day.png night.png --input photo.jpg --out explained",
                "  xp explain xp --example day.png night.png --input photo.jpg --json           the numbers"})
    static final class Xp extends Part {
        @Mixin
        private ExampleOptions examples;

        @Mixin
        private SamplingOptions sampling;

        @Override
        void check() {
            if (examples.isEmpty()) {
                throw new InvalidInput("a worked example is needed: --example BEFORE AFTER");
            }
        }

        @Override
        BufferedImage explain(XPromptModel opened, Picture photo) {
            XpStudy.Study study = new XpStudy(opened, sampling.options()).run(only(examples), photo);
            figures.put("nats_whole", study.whole().nats());
            figures.put("nats_without_example", study.none().nats());
            List<Double> lost = new ArrayList<>();
            List<Double> likeness = new ArrayList<>();
            for (int token = 0; token < study.without().size(); token++) {
                lost.add(study.loss(token));
                likeness.add(study.without().get(token).psnr());
            }
            figures.put("nats_lost_without_token", lost);
            figures.put("psnr_without_token", likeness);
            figures.put("tokens_kept", study.counts());
            figures.put("nats_lost_with_tokens_kept", study.kept().stream().map(kept -> kept.nats() - study.whole().nats()).toList());
            figures.put("psnr_with_tokens_kept", study.kept().stream().map(XpStudy.Answer::psnr).toList());
            if (common.json()) {
                figures.put("attention_before", study.toInput());
                figures.put("attention_after", study.toOutput());
            }
            return XpSheet.draw(study);
        }
    }
}
