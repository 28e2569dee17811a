package org.xprompt4j.cuda.emulator;

import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Collectors;

import org.xprompt4j.cuda.emulator.arithmetic.LaneFunctions;

/**
 * What a lane instruction computes: out = post(main(pre(arguments))).
 *
 * @param main the function
 * @param argumentFiles register file of each argument
 * @param resultFile register file of the result
 * @param narrow the result is cut to 16 bits
 * @param before applied to every argument of the same type (flush to zero)
 * @param after applied to the result in order
 */
record LaneFormula(Method main, List<RegisterFile.Kind> argumentFiles, RegisterFile.Kind resultFile, boolean narrow, List<Method> before, List<Method> after) {
    /** Key of the class that computes it. */
    String key() {
        return main.getName() + argumentFiles + resultFile + narrow + names(before) + names(after);
    }

    private static String names(List<Method> methods) {
        return methods.stream().map(Method::getName).collect(Collectors.joining(",", "<", ">"));
    }

    static Method function(String name) {
        Method method = LaneFunctions.find(name);
        if (method == null) {
            throw new IllegalArgumentException("no lane function " + name);
        }
        return method;
    }
}
