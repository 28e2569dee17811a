/**
 * Training of the transformer on worked examples, and the folder that any training lives in.
 *
 * <p>Read {@link org.xprompt4j.xprompt.training.PromptTraining} first, then
 * {@link org.xprompt4j.xprompt.training.EpisodeSource} and {@link org.xprompt4j.xprompt.training.TrainingFolder}.
 */
package org.xprompt4j.xprompt.training;
