package org.xprompt4j.xprompt.evaluation;

/**
 * The figures of a model with words, as {@code report.json} holds them. Every figure is a mean with its 95 % bootstrap interval over
 * photographs, or over scenes.
 *
 * @param model folder
 * @param fingerprint of the model
 * @param seconds the run took
 * @param settings how much was measured
 * @param embedder of the instructions
 * @param features embedder of the pictures, by whose name scores are called
 * @param editing edits as words ask for them
 * @param descriptions what is said of edits
 * @param scenes pictures from words, and captions
 */
public record WordsReport(String model, String fingerprint, double seconds, WordsSettings settings, String embedder, String features,
        EditingFigures editing, DescriptionFigures descriptions, SceneFigures scenes) {
    WordsReport after(double took) {
        return new WordsReport(model, fingerprint, took, settings, embedder, features, editing, descriptions, scenes);
    }
}
