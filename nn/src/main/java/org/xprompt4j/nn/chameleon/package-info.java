/**
 * The Chameleon transformer (Chameleon team, arXiv 2405.09818) that X-Prompt builds on: one causal model over text and picture
 * tokens, with its configuration, its KV cache and its checkpoints under Hugging Face's names.
 *
 * <p>Read {@link org.xprompt4j.nn.chameleon.Chameleon} first, then {@link org.xprompt4j.nn.chameleon.DecoderLayer}.
 */
package org.xprompt4j.nn.chameleon;
