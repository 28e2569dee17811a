package org.xprompt4j.xprompt.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.inference.AnswerDecoder;
import org.xprompt4j.xprompt.inference.Context;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.TextOptions;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.scene.Scene;
import org.xprompt4j.xprompt.scene.SceneReader;
import org.xprompt4j.xprompt.scene.SceneRequest;
import org.xprompt4j.xprompt.scene.SceneWords;
import org.xprompt4j.xprompt.scene.ToldScene;
import org.xprompt4j.xprompt.wording.Questions;

/**
 * Pictures from words and words from pictures, in the small world whose scenes can be read back by exact means. A request is in phrases
 * that no training says, of one of GenEval's six kinds, and drawn once; a scene that meets it is told.
 */
final class SceneEvaluation {
    private static final int ROWS = 32; // requests drawn at once
    private static final int MOST_TOKENS = 48;

    /**
     * A request and what came of it.
     *
     * @param asked the request in words
     * @param scene one that meets it
     * @param drawn the model's picture for the words
     * @param ceiling the scene's picture as the tokenizer gives it back
     * @param said what the model told of the scene's picture
     */
    record Case(SceneRequest request, String asked, Scene scene, Picture drawn, Picture ceiling, String said) {
        boolean isMet() {
            return request.isMetBy(SceneReader.read(drawn));
        }

        boolean isMetByTheCeiling() {
            return request.isMetBy(SceneReader.read(ceiling));
        }

        ToldScene told() {
            return ToldScene.read(said);
        }

        /** The same pictures as if another request had been made. */
        Case asked(SceneRequest other) {
            return new Case(other, asked, scene, drawn, ceiling, said);
        }
    }

    private record Request(SceneRequest request, String asked, Scene scene, int stream) {
        static Request draw(SceneRequest.Kind kind, int number, long seed) {
            Philox random = Draws.of(seed, "scene in words", kind.ordinal(), number);
            SceneRequest request = SceneRequest.draw(kind, random);
            return new Request(request, SceneWords.ask(request, random, Split.TEST), request.scene(random), random.nextInt());
        }
    }

    private SceneEvaluation() {
    }

    /** Draws and tells so many scenes of each kind, the kinds in their order; tells after each batch how many are done. */
    static List<Case> run(XPromptModel model, WordsSettings settings, GenerationOptions options, IntConsumer progress) {
        List<Request> requests = new ArrayList<>();
        for (SceneRequest.Kind kind : SceneRequest.Kind.values()) {
            for (int i = 0; i < settings.scenes(); i++) {
                requests.add(Request.draw(kind, i, settings.seed()));
            }
        }
        List<Case> cases = new ArrayList<>();
        for (int from = 0; from < requests.size(); from += ROWS) {
            cases.addAll(answer(model, requests.subList(from, Math.min(requests.size(), from + ROWS)), options));
            progress.accept(cases.size());
        }
        return cases;
    }

    private static List<Case> answer(XPromptModel model, List<Request> requests, GenerationOptions options) {
        int size = model.config().pictureSize();
        List<AnswerDecoder.Job> jobs = requests.stream()
                .map(request -> new AnswerDecoder.Job(new Context.None(), model.question(List.of(), request.asked()), request.stream())).toList();
        List<Picture> drawn = model.tokenizer().decode(model.answer(jobs, options, (code, of) -> { }), size, size);
        List<Picture> pictures = requests.stream().map(request -> request.scene().draw(size)).toList();
        List<Picture> ceilings = model.tokenizer().reconstruct(pictures);
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            String said = model.tell(new Context.None(), model.question(List.of(pictures.get(i)), Questions.CAPTION), TextOptions.greedy(MOST_TOKENS),
                    words -> { }).strip();
            Request request = requests.get(i);
            cases.add(new Case(request.request(), request.asked(), request.scene(), drawn.get(i), ceilings.get(i), said));
        }
        return cases;
    }
}
