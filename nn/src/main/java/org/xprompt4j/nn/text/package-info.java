/**
 * Encoders that turn a text into one vector, for finding texts of like meaning. Read {@link org.xprompt4j.nn.text.ClipText} first:
 * CLIP's text tower. {@link org.xprompt4j.nn.text.MiniLm} is a BERT that was trained on sentences alone. They share
 * {@code SelfAttention}; tokenizers are others' business, a model here begins with ids.
 */
package org.xprompt4j.nn.text;
