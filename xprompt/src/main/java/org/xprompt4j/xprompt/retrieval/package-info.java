/**
 * Retrieval-augmented image editing (RAIE, section 3.3 of the paper): instructions and the pairs of pictures that they led to lie in an
 * index; a new instruction finds the nearest, whose pair becomes the worked example. Read {@link
 * org.xprompt4j.xprompt.retrieval.Retrieval} first, then {@link org.xprompt4j.xprompt.retrieval.PairIndex}; {@link
 * org.xprompt4j.xprompt.retrieval.Indexing} makes an index from what {@link org.xprompt4j.xprompt.retrieval.PairList} reads.
 */
package org.xprompt4j.xprompt.retrieval;
