/**
 * Vectors of texts, for finding like instructions. Read {@link org.xprompt4j.xprompt.embed.TextEmbedder} first; the others are what
 * computes them.
 */
package org.xprompt4j.xprompt.embed;
