package org.xprompt4j.xprompt.retrieval;

/**
 * What a search found.
 *
 * @param pair a pair of the index
 * @param cosine of its instruction's vector and the query's: 1 for the same direction
 */
public record Hit(IndexedPair pair, double cosine) {
}
