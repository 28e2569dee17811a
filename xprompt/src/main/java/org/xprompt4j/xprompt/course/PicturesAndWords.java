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
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.inference.Context;
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
import org.xprompt4j.xprompt.scene.SceneWords;
import org.xprompt4j.xprompt.wording.Questions;

/** Chapter 12: one sequence for codes and words: a text cut into pieces, a picture told piece by piece, a picture guessed after words. */
final class PicturesAndWords implements Chapter {
    private static final List<String> TEXTS = List.of("make it black and white", "a purple ring left of a star", "put a dragonfly on the left");
    private static final TextOptions PLAIN = new TextOptions(0, 1, 1, 40, 0);
    private static final int WIDTH = 900;

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

    /** How much easier each code of a picture is to guess after its own words than after others, nats, [rows][columns]. */
    private record Asked(String words, String others, Picture picture, double[][] gained) {
        /** The gains alone: by chance other words are sometimes better. */
        double[][] better() {
            return Arrays.stream(gained).map(row -> Arrays.stream(row).map(gain -> Math.max(0, gain)).toArray()).toArray(double[][]::new);
        }
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
        figures.put("nats_of_each_piece", Arrays.stream(told.nats()).boxed().toList());
        figures.put("nats_of_each_piece_before_another_picture", Arrays.stream(told.blind()).boxed().toList());
        figures.put("nats", Arrays.stream(told.nats()).average().orElseThrow());
        figures.put("nats_before_another_picture", Arrays.stream(told.blind()).average().orElseThrow());
        Asked asked = asked(model, scene);
        figures.put("nats_gained_by_the_right_words", sum(asked.gained()));
        figures.put("nats_gained_where_they_help", sum(asked.better()));
        figures.put("share_of_it_in_the_first_row", sum(new double[][] {asked.better()[0]}) / sum(asked.better()));
        return new Lesson(draw(cut, told, asked), figures);
    }

    private static double sum(double[][] amounts) {
        return Arrays.stream(amounts).flatMapToDouble(Arrays::stream).sum();
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
        return new Told(scene.draw(side), truth, said, pieces(model, truth), nats(model, new Exchange(asked, model.question(List.of(), truth))),
                nats(model, new Exchange(blind, model.question(List.of(), truth))));
    }

    /** -ln p of each token of an answer, given the question and the tokens before it; the end of the turn left out. */
    private static double[] nats(XPromptModel model, Exchange exchange) {
        Chameleon chameleon = model.chameleon();
        // [nats]
        PromptLayout layout = PromptLayout.training(model.config().tokens(ImageTokens.of(chameleon.config())), ContextMode.NONE, Arrangement.SHARED,
                LossSpan.ANSWER, List.of(), exchange);
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

    private static Asked asked(XPromptModel model, Scene scene) {
        // [asked]
        Picture picture = scene.draw(model.config().pictureSize());
        String words = "a red star left of a blue ring on white";
        String others = "a yellow cross on green";
        List<Part> answer = List.of(new Part.Image(model.tokenizer().encode(List.of(picture))[0]));
        double[] after = nats(model, new Exchange(model.question(List.of(), words), answer));          // begin, 256 codes, end
        double[] afterOthers = nats(model, new Exchange(model.question(List.of(), others), answer));
        // [end]
        int side = (int) Math.round(Math.sqrt(after.length - 2));
        double[][] gained = new double[side][side];
        for (int i = 0; i < side * side; i++) {
            gained[i / side][i % side] = afterOthers[1 + i] - after[1 + i];
        }
        return new Asked(words, others, picture, gained);
    }

    private static BufferedImage draw(List<List<String>> cut, Told told, Asked asked) {
        int width = 2 * Drawing.MARGIN + WIDTH;
        Drawing drawing = new Drawing(width, Drawing.HEAD + 600, "Pictures and words", "one vocabulary, one sequence, one model");
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
        drawing.small(left, y + 182, "it said: " + told.said());
        bars(drawing, told, left + 160, y + 14, width - Drawing.MARGIN - left - 160);
        y += 220;
        drawing.bold(left, y, "The same picture drawn: how much easier is each code after \"" + asked.words() + "\"");
        drawing.text(left, y + 18, "than after \"" + asked.others() + "\"?");
        drawing.picture(asked.picture(), left, y + 34, 2);
        double most = Arrays.stream(asked.gained()).flatMapToDouble(Arrays::stream).max().orElseThrow();
        drawing.heat(asked.better(), most, left + 160, y + 34, 8);
        drawing.heatScale(left + 310, y + 50, String.format(Locale.ROOT, "%.1f nats easier", most));
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
}
