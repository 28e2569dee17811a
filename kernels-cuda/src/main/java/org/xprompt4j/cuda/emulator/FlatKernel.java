package org.xprompt4j.cuda.emulator;

import java.util.List;
import java.util.Map;

import org.xprompt4j.cuda.emulator.syntax.Operation;
import org.xprompt4j.cuda.emulator.syntax.PtxVariable;

/**
 * A kernel with the device functions it calls put in the place of their calls.
 *
 * @param registers name to type
 * @param variables local, shared and call-parameter variables by unique name
 * @param parameters name of a kernel parameter to its byte offset
 * @param labels name to the index of the operation that follows it
 * @param targets lists of {@code brx.idx}
 */
record FlatKernel(String name, List<Operation> operations, Map<String, String> registers, Map<String, PtxVariable> variables,
                  Map<String, Integer> parameters, Map<String, Integer> labels, Map<String, List<String>> targets) {
}
