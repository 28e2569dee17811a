package org.xprompt4j.xprompt.course;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.nn.chameleon.Pass;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.op.CrossEntropySpec;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.inference.Context;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.TextOptions;
import org.xprompt4j.xprompt.inference.TokenBatch;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.Drawing;
import org.xprompt4j.xprompt.picture.Palette;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.prompt.Exchange;
import org.xprompt4j.xprompt.prompt.LossSpan;
import org.xprompt4j.xprompt.prompt.Part;
import org.xprompt4j.xprompt.prompt.PromptLayout;
import org.xprompt4j.xprompt.scene.Form;
import org.xprompt4j.xprompt.scene.Scene;
import org.xprompt4j.xprompt.scene.SceneReader;
import org.xprompt4j.xprompt.scene.SceneRequest;
import org.xprompt4j.xprompt.scene.SceneWords;
import org.xprompt4j.xprompt.wording.Questions;

/** Chapter 12: one sequence for codes and words: a text cut into pieces, a picture told piece by piece, words drawn code by code. */
final class PicturesAndWords implements Chapter {
    private static final List<String> TEXTS = List.of("make it black and white", "a purple ring left of a star", "put a dragonfly on the left");
    private static final TextOptions PLAIN = new TextOptions(0, 1, 1, 40, 0);
    private static final int CELL = 150;

    @Override
    public String name() {
        return "12-pictures-and-words";
    }

    @Override
    public String idea() {
        return "words are tokens beside the codes: one model tells pictures and draws what it is told";
    }

    /** How sure the model is of each piece of a true caption. */
    private record Told(Picture picture, String truth, String said, List<String> pieces, double[] nats, double[] blind) {
    }

    /** What came of a request. */
    private record Drawn(String request, Picture picture, boolean met) {
    }

    @Override
    public Lesson run(Materials materials) {
        XPromptModel model = materials.wordsModel();
        Map<String, Object> figures = new LinkedHashMap<>();
        List<List<String>> cut = new ArrayList<>();
        for (String text : TEXTS) {
            cut.add(pieces(model, text));
        }
        figures.put("pieces", cut);
        Scene scene = new Scene("white", List.of(new Scene.Thing(Form.STAR, "red", 0.26, 0.5, 0.4), new Scene.Thing(Form.RING, "blue", 0.74, 0.55, 0.4)));
        Scene other = new Scene("green", List.of(new Scene.Thing(Form.CROSS, "yellow", 0.5, 0.5, 0.5)));
        Told told = told(model, scene, other);
        figures.put("truth", told.truth());
        figures.put("said", told.said());
        figures.put("nats_of_each_piece", told.nats());
        figures.put("nats_of_each_piece_before_another_picture", told.blind());
        figures.put("nats", Arrays.stream(told.nats()).average().orElseThrow());
        figures.put("nats_before_another_picture", Arrays.stream(told.blind()).average().orElseThrow());
        List<Drawn> drawn = drawn(model, materials.size(6, 2));
        figures.put("requests", drawn.stream().map(Drawn::request).toList());
        figures.put("met", drawn.stream().filter(Drawn::met).count());
        return new Lesson(draw(cut, told, drawn), figures);
    }

    /** A text as the model reads it. */
    private static List<String> pieces(XPromptModel model, String text) {
        // [pieces]
        int[] ids = ((Part.Text) model.question(List.of(), text).getFirst()).ids();                    // vocabulary ids, behind those of the codes
        return Arrays.stream(ids).mapToObj(id -> model.text(new Part.Text(new int[] {id}))).toList();   // each id's letters
        // [end]
    }

    private static Told told(XPromptModel model, Scene scene, Scene other) {
        int side = model.config().pictureSize();
        String truth = SceneWords.tell(scene, new Philox(12, 0), Split.TRAIN);
        List<Part> asked = model.question(List.of(scene.draw(side)), Questions.CAPTION);
        String said = model.tell(new Context.None(), asked, PLAIN, piece -> { });
        List<Part> blind = model.question(List.of(other.draw(side)), Questions.CAPTION);
        return new Told(scene.draw(side), truth, said, pieces(model, truth), nats(model, asked, truth), nats(model, blind, truth));
    }

    /** -ln p of each piece of an answer, given the question and the pieces before it. */
    private static double[] nats(XPromptModel model, List<Part> asked, String answer) {
        Chameleon chameleon = model.chameleon();
        // [nats]
        PromptLayout layout = PromptLayout.training(model.config().tokens(ImageTokens.of(chameleon.config())), ContextMode.NONE, Arrangement.SHARED,
                LossSpan.ANSWER, List.of(), new Exchange(asked, model.question(List.of(), answer)));
        try (MemoryScope scope = model.backend().openScope("likelihood of words")) {
            Ops ops = new Ops(model.backend(), scope);
            TokenBatch batch = TokenBatch.of(scope, List.of(layout));
            float[] logits = chameleon.logits(ops, chameleon.hidden(ops, chameleon.embed(ops, batch.ids()),
                    Pass.whole(batch.positions(), batch.mask()))).toFloatArray();                       // [seq, vocab]: row t scores token t + 1
            int vocab = chameleon.config().vocabSize();
            int[] labels = layout.labels();                                                             // [seq], the answer's ids at their places
            return IntStream.range(1, labels.length - 1).filter(t -> labels[t] != CrossEntropySpec.IGNORED)
                    .mapToDouble(t -> surprise(logits, (t - 1) * vocab, vocab, labels[t])).toArray();
        }
        // [end]
    }

    /** log Σ exp(logits) - logit. */
    private static double surprise(float[] logits, int from, int vocab, int label) {
        double largest = IntStream.range(from, from + vocab).mapToDouble(i -> logits[i]).max().orElseThrow();
        double sum = IntStream.range(from, from + vocab).mapToDouble(i -> Math.exp(logits[i] - largest)).sum();
        return largest + Math.log(sum) - logits[from + label];
    }

    private static List<Drawn> drawn(XPromptModel model, int count) {
        List<Drawn> drawn = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            // [draw]
            Philox random = Draws.of(12, "requests of a chapter", i);
            SceneRequest request = SceneRequest.draw(SceneRequest.Kind.values()[i], random);              // one of each kind
            String words = SceneWords.ask(request, random, Split.TEST);                                 // in a phrase that no training said
            Picture answer = model.generate(new Context.None(), model.question(List.of(), words), 1, GenerationOptions.recommended(),
                    (code, of) -> { }).getFirst();
            drawn.add(new Drawn(words, answer, request.isMetBy(SceneReader.read(answer))));
            // [end]
        }
        return drawn;
    }

    private static BufferedImage draw(List<List<String>> cut, Told told, List<Drawn> drawn) {
        int width = 2 * Drawing.MARGIN + 6 * CELL;
        Drawing drawing = new Drawing(width, Drawing.HEAD + 610, "Pictures and words", "one vocabulary, one sequence, one model");
        int left = Drawing.MARGIN;
        int y = Drawing.HEAD + 16;
        drawing.bold(left, y, "A text as pieces");
        for (int row = 0; row < cut.size(); row++) {
            int x = left;
            for (String piece : cut.get(row)) {
                int wide = 22 + 8 * piece.length();
                drawing.box(x, y + 12 + 36 * row, wide, 28, Palette.mix(Palette.PAPER, Palette.SKY, 0.35), piece.replace(' ', '\u00b7'));
                x += wide + 4;
            }
        }
        y += 160;
        drawing.bold(left, y, "A picture told: how surprising is each piece of \"" + told.truth() + "\"?");
        drawing.picture(told.picture(), left, y + 14, 2);
        drawing.small(left, y + 162, "it said: " + told.said());
        bars(drawing, told, left + 160, y + 14, width - Drawing.MARGIN - left - 160);
        y += 210;
        drawing.bold(left, y, "Words drawn, in phrases that no training said");
        for (int i = 0; i < drawn.size(); i++) {
            Drawn one = drawn.get(i);
            int x = left + i % 6 * CELL;
            drawing.picture(one.picture(), x, y + 14, 2);
            drawing.frame(x, y + 14, 128, 128, one.met() ? Palette.GREEN : Palette.VERMILION, 3);
            List<String> lines = lines(one.request());
            for (int l = 0; l < lines.size(); l++) {
                drawing.small(x, y + 160 + 16 * l, lines.get(l));
            }
        }
        int x = drawing.legend(left, y + 222, Palette.GREEN, "shows what was asked");
        drawing.legend(x + 20, y + 222, Palette.VERMILION, "does not");
        return drawing.image();
    }

    private static void bars(Drawing drawing, Told told, int x, int y, int width) {
        int count = told.pieces().size();
        int cell = width / count;
        double most = Math.max(Arrays.stream(told.nats()).max().orElseThrow(), Arrays.stream(told.blind()).max().orElseThrow());
        int height = 110;
        for (int i = 0; i < count; i++) {
            bar(drawing, x + i * cell, y, height, cell / 2 - 3, told.nats()[i] / most, Palette.BLUE);
            bar(drawing, x + i * cell + cell / 2 - 3, y, height, cell / 2 - 3, told.blind()[i] / most, Palette.ORANGE);
            drawing.small(x + i * cell, y + height + 16, told.pieces().get(i).strip());
        }
        int next = drawing.legend(x, y + height + 40, Palette.BLUE, "before this picture");
        drawing.legend(next + 20, y + height + 40, Palette.ORANGE, String.format(Locale.ROOT, "before another one (longest bar: %.1f nats)", most));
    }

    private static void bar(Drawing drawing, int x, int y, int height, int width, double share, Color colour) {
        int tall = Math.max(1, (int) Math.round(height * share));
        drawing.fill(x, y + height - tall, width, tall, colour);
    }

    /** A request in lines of about twenty letters. */
    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() + word.length() > 20) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
