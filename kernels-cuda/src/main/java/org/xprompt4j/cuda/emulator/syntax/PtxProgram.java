package org.xprompt4j.cuda.emulator.syntax;

import java.util.Map;

/**
 * A parsed PTX file.
 *
 * @param version of {@code .version}
 * @param target of {@code .target}
 * @param functions kernels and device functions, in order
 * @param variables module-level variables, in order
 */
public record PtxProgram(String file, String version, String target, Map<String, PtxFunction> functions, Map<String, PtxVariable> variables) {
}
