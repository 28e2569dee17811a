package org.xprompt4j.cuda.emulator.syntax;

import java.util.List;
import java.util.Map;

/**
 * A kernel or device function. Names that inner scopes declare are made unique by the parser.
 *
 * @param parameters in order
 * @param results return parameters of a device function
 * @param registers name to type without its dot
 * @param variables local and shared variables, and parameters of calls
 * @param labels name to the index of the operation that follows it
 * @param targets name of a {@code .branchtargets} list to its labels
 * @param maxThreads {@code .maxntid} or {@code .reqntid} product; 0 without
 * @param defined has a body
 */
public record PtxFunction(String name, boolean entry, List<PtxVariable> parameters, List<PtxVariable> results, Map<String, String> registers,
                          Map<String, PtxVariable> variables, List<Operation> operations, Map<String, Integer> labels,
                          Map<String, List<String>> targets, int maxThreads, boolean defined, int line) {
}
