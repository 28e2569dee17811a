package org.xprompt4j.xprompt.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.inference.AnswerMode;
import org.xprompt4j.xprompt.inference.Context;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.Reply;
import org.xprompt4j.xprompt.inference.ReplyListener;
import org.xprompt4j.xprompt.inference.TextOptions;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.PictureReader;
import org.xprompt4j.xprompt.picture.PictureWriter;
import org.xprompt4j.xprompt.prompt.Part;
import org.xprompt4j.xprompt.prompt.PromptTokens;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code xp chat}: a dialogue of words and pictures, answered. */
@Command(name = "chat", header = "answers a dialogue of words and pictures with words and pictures", description = {
    "Reads a dialogue of words and pictures from a text file and draws the next turn with a model that was trained with words (the shipped one, or --model).",
    "Lines of the file are words; a line ![](picture.png) or <image: picture.png> is a picture, its place relative to the file; a line --- ends a turn.",
    "Write the words of a turn before its pictures: so the shipped model learnt them; another order is read as it stands, and understood less.",
    "The first turn is a question; answers and questions alternate, and a question is last. A backslash in front of such a line makes it words.",
    "In a mixed answer the model begins pictures where it wants to and where a whole one still fits; each has exactly the codes of a picture.",
    "Words appear as they are drawn; pictures are written as PNG files and named in the output in lines ![](FILE)."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp chat question.txt                         words and pictures, as the model likes",
            "  xp chat question.txt --mode text --temperature 0.7 --top-p 0.9 --repetition-penalty 1.2",
            "  xp chat question.txt --mode image --guidance 3 --image-guidance 1.2 --out-dir pictures",
            "  printf 'what is it?\\n![](scene.png)\\n' | xp chat -"})
final class ChatCommand implements Callable<Integer> {
    private static final int MOST_WORDS = 256; // tokens of an answer in words alone, unless told otherwise

    @Mixin
    private CommonOptions common;

    @Mixin
    private ModelOptions model;

    @Mixin
    private TextSamplingOptions sampling;

    @Mixin
    private GuidanceOptions guidance;

    @Parameters(paramLabel = "FILE.txt", description = "the dialogue; - for standard input")
    private String file;

    @Option(names = "--mode", paramLabel = "MODE", defaultValue = "mixed",
            description = "what the answer may be: text, image (one picture), or mixed; default: ${DEFAULT-VALUE}")
    private AnswerMode mode;

    @Option(names = "--out-dir", paramLabel = "DIR", description = "where pictures of the answer go, as NAME-answer-1.png, -2 ...; files that exist stay; default: the working folder")
    private Path folder;

    @Option(names = "--picture-temperature", paramLabel = "T", defaultValue = "0",
            description = "of the codes of pictures; 0 takes the likeliest, as xp generate does (Chameleon's release: 0.7); default: ${DEFAULT-VALUE}")
    private float pictureTemperature;

    @Option(names = "--picture-top-p", paramLabel = "P", defaultValue = "1", description = "of the codes of pictures; 1 for all (the release: 0.9); default: ${DEFAULT-VALUE}")
    private float pictureTopP;

    @Override
    public Integer call() {
        TextOptions text = sampling.options(mode == AnswerMode.TEXT ? MOST_WORDS : TextOptions.LONGEST);
        GenerationOptions codes = pictureOptions();
        DialogueFile dialogue = DialogueFile.read(file);
        Path place = folder == null ? Path.of("") : folder;
        if (mode != AnswerMode.TEXT) {
            OutputPlace.folder(place);
        }
        try (XPromptModel opened = model.openWithWords()) {
            long start = System.nanoTime();
            List<List<Part>> turns = parts(opened, dialogue);
            try (Progress progress = mode == AnswerMode.IMAGE ? common.progress("drawing", opened.pictureCodes(), "codes") : null) {
                Answer answer = new Answer(opened, place, progress);
                Reply reply = opened.converse(new Context.None(), turns, mode, text, codes, answer);
                answer.finish(reply, (System.nanoTime() - start) * 1e-9);
            }
        }
        return Main.DONE;
    }

    private GenerationOptions pictureOptions() {
        try {
            return new GenerationOptions(pictureTemperature, 0, pictureTopP, guidance.guidance(), guidance.imageGuidance(), sampling.seed());
        } catch (InvalidInput e) {
            String field = e.getMessage();
            throw new InvalidInput((field.startsWith("t") ? "--picture-" : "--") + field, e); // temperature and top-p of pictures
        }
    }

    private static List<List<Part>> parts(XPromptModel opened, DialogueFile dialogue) {
        int positions = opened.chameleon().config().maxPositions();
        long shown = dialogue.pictures() * PromptTokens.pictureLength(opened.pictureCodes());
        if (shown > positions) {
            throw new InvalidInput(String.format(Locale.ROOT, "%s: shows %,d pictures of %,d tokens each, but the model's positions end at %,d; show fewer",
                    dialogue.source(), dialogue.pictures(), PromptTokens.pictureLength(opened.pictureCodes()), positions));
        }
        List<List<Part>> turns = new ArrayList<>();
        for (List<DialogueFile.Piece> turn : dialogue.turns()) {
            List<Part> parts = new ArrayList<>();
            for (DialogueFile.Piece piece : turn) {
                parts.addAll(switch (piece) {
                    case DialogueFile.Piece.Said said -> opened.question(List.of(), said.text());
                    case DialogueFile.Piece.Shown picture -> {
                        try {
                            yield opened.question(List.of(PictureReader.read(picture.file())), "");
                        } catch (InvalidInput e) {
                            throw new InvalidInput(dialogue.source() + ": line " + picture.line() + ": " + e.getMessage(), e);
                        }
                    }
                });
            }
            turns.add(parts);
        }
        return turns;
    }

    /** The answer while it is drawn: words to standard output, pictures to files. */
    private final class Answer implements ReplyListener {
        private final XPromptModel opened;
        private final Path place;
        private final Progress progress; // null for none
        private final SpokenAnswer spoken = new SpokenAnswer(common.json() ? null : common.out());
        private final List<String> files = new ArrayList<>();
        private int number; // of the last picture

        Answer(XPromptModel opened, Path place, Progress progress) {
            this.opened = opened;
            this.place = place;
            this.progress = progress;
        }

        @Override
        public void text(String piece) {
            spoken.text(piece);
        }

        @Override
        public void code(int drawn, int of) {
            if (progress != null) {
                progress.at(drawn);
            }
        }

        @Override
        public void picture(int[] codes) {
            Path out = free();
            PictureWriter.write(opened.picture(codes), out);
            files.add(out.toString());
            spoken.line("![](" + out + ")");
        }

        /** The next name that no file has: an answer never takes the place of a picture that the dialogue may show. */
        private Path free() {
            String name = file.equals("-") ? "chat" : Path.of(file).getFileName().toString().replaceFirst("\\.[^.]+$", "");
            Path out;
            do {
                out = place.resolve(name + "-answer-" + ++number + ".png");
            } while (Files.exists(out));
            return out;
        }

        void finish(Reply reply, double seconds) {
            spoken.end();
            if (common.json()) {
                List<Map<String, Object>> parts = new ArrayList<>();
                int next = 0;
                for (Part part : reply.parts()) {
                    parts.add(part instanceof Part.Text ? Map.of("text", opened.text(part)) : Map.of("picture", files.get(next++)));
                }
                Map<String, Object> result = new LinkedHashMap<>();
                result.put("parts", parts);
                result.put("tokens", reply.tokens());
                result.put("ended", reply.ended());
                result.put("seconds", seconds);
                common.printJson(result);
            } else if (!reply.ended()) {
                common.note("cut off after " + reply.tokens() + " tokens, by --max-tokens or the model's positions");
            }
        }
    }
}
