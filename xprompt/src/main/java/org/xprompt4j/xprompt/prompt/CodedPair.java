package org.xprompt4j.xprompt.prompt;

/**
 * A worked example as image codes.
 *
 * @param input [codes], raster order
 * @param output [codes], raster order
 */
public record CodedPair(int[] input, int[] output) {
}
