/**
 * Measuring a model: every task on photographs that it was not trained on, with no example, the example in full and compressed.
 *
 * <p>Read {@link org.xprompt4j.xprompt.evaluation.Evaluation} first, then {@link org.xprompt4j.xprompt.evaluation.Report}.
 */
package org.xprompt4j.xprompt.evaluation;
