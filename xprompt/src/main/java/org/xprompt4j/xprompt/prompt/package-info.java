/**
 * Sequences of tokens: in-context example (IE), X-Prompt tokens (XP) and the job (TD), their mask, positions and labels.
 *
 * <p>Read {@link org.xprompt4j.xprompt.prompt.PromptLayout} first, then {@link org.xprompt4j.xprompt.prompt.XPromptMask}.
 */
package org.xprompt4j.xprompt.prompt;
