package org.xprompt4j.cuda.emulator.arithmetic;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The functions of this package by name; names are unique across its classes. */
public final class LaneFunctions {
    private static final Map<String, Method> BY_NAME = collect();

    private LaneFunctions() {
    }

    private static Map<String, Method> collect() {
        Map<String, Method> found = new HashMap<>();
        for (Class<?> family : List.of(IntegerArithmetic.class, BitArithmetic.class, Comparison.class, FloatArithmetic.class, DoubleArithmetic.class,
                HalfArithmetic.class, IntegerConversion.class, FloatConversion.class)) {
            for (Method method : family.getDeclaredMethods()) {
                if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic() && found.put(method.getName(), method) != null) {
                    throw new IllegalStateException("two lane functions are called " + method.getName());
                }
            }
        }
        return Map.copyOf(found);
    }

    /** A function, or null where there is none of that name. */
    public static Method find(String name) {
        return BY_NAME.get(name);
    }

    /** All functions by name. */
    public static Map<String, Method> all() {
        return BY_NAME;
    }
}
