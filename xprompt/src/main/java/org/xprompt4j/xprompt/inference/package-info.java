/**
 * Two-stage inference: examples are compressed once, queries are answered many times.
 *
 * <p>Read {@link org.xprompt4j.xprompt.inference.XPromptModel} first, then
 * {@link org.xprompt4j.xprompt.inference.ContextReader} (stage 1) and
 * {@link org.xprompt4j.xprompt.inference.AnswerDecoder} (stage 2); answers of words, and of words and pictures, are drawn by
 * {@code MixedDecoder}.
 */
package org.xprompt4j.xprompt.inference;
