package org.xprompt4j.xprompt.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.scene.SceneRequest;
import org.xprompt4j.xprompt.scene.SceneWords;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.text.TextTokenizer;
import org.xprompt4j.xprompt.text.TokenizerTrainer;
import org.xprompt4j.xprompt.wording.Questions;
import org.xprompt4j.xprompt.wording.Wording;

/**
 * The text tokenizer of a recipe: learnt from what its tasks and scenes say, or taken over from the model it starts with. A function of
 * the recipe, so that every process of a run has the same.
 *
 * @param json the {@code tokenizer.json}
 * @param tokenizer the same, read
 */
record WordLearning(String json, TextTokenizer tokenizer) {
    private static final int PHRASES = 400; // of each task and of each kind of scene
    private static final int BYTES = 256;

    /** Reads a tokenizer that was made before. */
    static WordLearning read(Path file) {
        try {
            String json = Files.readString(file, StandardCharsets.UTF_8);
            return new WordLearning(json, TextTokenizer.parse(json, file.toString()));
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /** Learns the pieces of the phrases that tasks and scenes say in training. */
    static WordLearning learn(List<String> specials, PromptTrainingConfig config, List<Task> tasks) {
        TokenizerTrainer trainer = new TokenizerTrainer(specials);
        trainer.read(Questions.DIFFERENCE + "\n" + Questions.CAPTION);
        phrases(tasks, config.seed()).forEach(trainer::read);
        String json = trainer.learn(specials.size() + BYTES + config.words().pieces(), n -> { }).json();
        return new WordLearning(json, TextTokenizer.parse(json, TextTokenizer.FILE));
    }

    private static List<String> phrases(List<Task> tasks, long seed) {
        List<String> phrases = new ArrayList<>();
        for (int t = 0; t < tasks.size(); t++) {
            Philox random = Draws.of(seed, "words of a task", t);
            for (int i = 0; i < PHRASES; i++) {
                Wording wording = tasks.get(t).draw(random).wording();
                if (wording != null) {
                    Wording back = wording.reversed();
                    phrases.addAll(List.of(wording.ask(random, Split.TRAIN), wording.tell(random, Split.TRAIN), back.ask(random, Split.TRAIN),
                            back.tell(random, Split.TRAIN)));
                }
            }
        }
        Philox random = Draws.of(seed, "words of scenes");
        for (SceneRequest.Kind kind : SceneRequest.Kind.values()) {
            for (int i = 0; i < PHRASES; i++) {
                SceneRequest request = SceneRequest.draw(kind, random);
                phrases.add(SceneWords.ask(request, random, Split.TRAIN));
                phrases.add(SceneWords.tell(request.scene(random), random, Split.TRAIN));
            }
        }
        return phrases;
    }
}
