package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.xprompt.inference.AnswerMode;
import org.xprompt4j.xprompt.inference.Context;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.Reply;
import org.xprompt4j.xprompt.inference.ReplyListener;
import org.xprompt4j.xprompt.inference.TextOptions;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureReader;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.prompt.Exchange;
import org.xprompt4j.xprompt.prompt.Part;
import org.xprompt4j.xprompt.wording.Questions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code xp describe}: answers in words. */
@Command(name = "describe", header = "says what a picture shows, or what changed between two", description = {
    "Says in words what one picture shows, or what changed from the first of two pictures to the second. The words appear as they are drawn.",
    "It takes a model that was trained with words (the shipped one, or --model); the questions are those of its training unless --question asks another.",
    "A worked difference, two other pictures with the right words (--example, --answer), shows what kind of answer is wanted; it is compressed into",
    "X-Prompt tokens like any example."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp describe scene.png                                            what is it?",
            "  xp describe before.png after.png                                 what changed?",
            "  xp describe a.png b.png --example c.png d.png --answer 'make it darker'",
            "  xp describe scene.png --temperature 0.7 --top-p 0.9 --repetition-penalty 1.2 --seed 3"})
final class DescribeCommand implements Callable<Integer> {
    private static final int MOST_TOKENS = 256; // unless told otherwise

    @Mixin
    private CommonOptions common;

    @Mixin
    private ModelOptions model;

    @Mixin
    private TextSamplingOptions sampling;

    @Parameters(arity = "1..2", paramLabel = "PICTURE", description = "one picture to describe, or two: before and after")
    private List<Path> pictures;

    @Option(names = "--question", paramLabel = "WORDS", description = "asked of the pictures; default: 'what is it?' of one, 'what changed?' of two")
    private String question;

    @Option(names = "--example", arity = "2", paramLabel = "PICTURE", description = "a worked difference: the picture before and the picture after; with --answer")
    private List<Path> example = List.of();

    @Option(names = "--answer", paramLabel = "WORDS", description = "what changed in the example")
    private String answer;

    @Option(names = "--context", paramLabel = "MODE", defaultValue = "compressed",
            description = "what the job sees of the example: compressed (X-Prompt tokens), full (all of its tokens); default: ${DEFAULT-VALUE}")
    private ContextMode context;

    @Override
    public Integer call() {
        question = GivenWords.checked("--question", question);
        answer = GivenWords.checked("--answer", answer);
        requireWholeExample();
        TextOptions options = sampling.options(MOST_TOKENS);
        List<Picture> shown = pictures.stream().map(PictureReader::read).toList();
        List<Picture> worked = example.stream().map(PictureReader::read).toList();
        String ask = question != null ? question : shown.size() == 1 ? Questions.CAPTION : Questions.DIFFERENCE;
        try (XPromptModel opened = model.openWithWords(); MemoryScope scope = opened.backend().openScope("worked difference")) {
            long start = System.nanoTime();
            List<Part> asked = opened.question(shown, ask);
            Context seen = worked.isEmpty() ? new Context.None()
                    : read(opened, new Exchange(opened.question(worked, ask), opened.question(List.of(), answer)), scope);
            SpokenAnswer spoken = new SpokenAnswer(common.json() ? null : common.out());
            Reply reply = opened.converse(seen, List.of(asked), AnswerMode.TEXT, options, GenerationOptions.greedy(), ReplyListener.ofText(spoken::text));
            spoken.end();
            if (common.json()) {
                Map<String, Object> result = new LinkedHashMap<>();
                result.put("question", ask);
                result.put("text", opened.text(reply));
                result.put("tokens", reply.tokens());
                result.put("ended", reply.ended());
                result.put("seconds", (System.nanoTime() - start) * 1e-9);
                common.printJson(result);
            } else if (!reply.ended()) {
                common.note("cut off after " + reply.tokens() + " tokens; --max-tokens N draws more");
            }
        }
        return Main.DONE;
    }

    private void requireWholeExample() {
        if (example.isEmpty() != (answer == null)) {
            throw new InvalidInput("--example BEFORE AFTER and --answer WORDS belong together: the pictures, and what changed between them");
        }
        if (example.size() > 2) {
            throw new InvalidInput("--example may be given once");
        }
        if (!example.isEmpty() && pictures.size() != 2) {
            throw new InvalidInput("a worked difference is an example for a difference: give two pictures to compare, or leave --example and --answer out");
        }
        if (context == ContextMode.NONE) {
            throw new InvalidInput("--context none shows no example: leave --example and --answer out instead");
        }
    }

    private Context read(XPromptModel opened, Exchange exchange, MemoryScope scope) {
        return context == ContextMode.FULL ? new Context.Full(List.of(exchange))
                : new Context.Compressed(opened.compressCoded(List.of(List.of(exchange)), "", scope).getFirst());
    }
}
