package org.xprompt4j.cuda.emulator.syntax;

/**
 * Where an operation comes from: the line that {@code .loc} names, or the PTX's own where there is none.
 *
 * @param file path as the compiler saw it, or the name of the PTX file
 * @param line from 1
 * @param ptxLine line of the PTX file, from 1
 */
public record SourcePlace(String file, int line, int ptxLine) {
    @Override
    public String toString() {
        return file.substring(file.lastIndexOf('/') + 1) + ":" + line;
    }
}
