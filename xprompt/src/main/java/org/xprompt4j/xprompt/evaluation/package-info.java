/**
 * Measuring a model: every task on photographs that it was not trained on, with no example, the example in full and compressed.
 *
 * <p>Read {@link org.xprompt4j.xprompt.evaluation.Evaluation} first, then {@link org.xprompt4j.xprompt.evaluation.Report}.
 *
 * <p>A model with words is measured by {@link org.xprompt4j.xprompt.evaluation.WordsEvaluation}: edits with and without an example found by
 * words ({@link org.xprompt4j.xprompt.evaluation.ExamplePool}), descriptions, scenes and captions; the figures are in
 * {@link org.xprompt4j.xprompt.evaluation.WordsReport}.
 */
package org.xprompt4j.xprompt.evaluation;
