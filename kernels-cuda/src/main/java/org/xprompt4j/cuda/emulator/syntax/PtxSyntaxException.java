package org.xprompt4j.cuda.emulator.syntax;

/** PTX that cannot be read or holds an instruction this machine does not know; the message begins with file and line. */
public final class PtxSyntaxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /**
     * @param file name of the PTX file
     * @param line its line, from 1
     * @param problem what is wrong and, where known, what would be right
     */
    public PtxSyntaxException(String file, int line, String problem) {
        super(file + ":" + line + ": " + problem);
    }
}
