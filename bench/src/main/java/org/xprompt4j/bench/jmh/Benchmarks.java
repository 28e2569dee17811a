package org.xprompt4j.bench.jmh;

import java.lang.reflect.Field;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.openjdk.jmh.annotations.Param;
import org.xprompt4j.tensor.InvalidInput;

/** All benchmarks by name: the class's name without "Benchmark", words between hyphens. */
final class Benchmarks {
    private static final List<Class<? extends OperationBenchmark>> ALL = List.of(MatmulBenchmark.class, AttentionBenchmark.class,
            CachedAttentionBenchmark.class, NearestCodeBenchmark.class, SampleBenchmark.class, RmsNormBenchmark.class, LayerNormBenchmark.class,
            QkNormRopeBenchmark.class, GroupNormBenchmark.class, LinearCrossEntropyBenchmark.class, Conv2dBenchmark.class,
            TrainStepBenchmark.class, DecodeStepBenchmark.class);

    private Benchmarks() {
    }

    /** Name to class, in the order of a report. */
    static Map<String, Class<? extends OperationBenchmark>> byName() {
        Map<String, Class<? extends OperationBenchmark>> out = new LinkedHashMap<>();
        for (Class<? extends OperationBenchmark> type : ALL) {
            out.put(name(type), type);
        }
        return out;
    }

    static String name(Class<? extends OperationBenchmark> type) {
        return type.getSimpleName().replace("Benchmark", "").replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    /** The class of a name. */
    static Class<? extends OperationBenchmark> find(String name) {
        Class<? extends OperationBenchmark> type = byName().get(name);
        if (type == null) {
            throw new InvalidInput("benchmark '" + name + "' is not known; there are " + String.join(", ", byName().keySet()) + ", and all");
        }
        return type;
    }

    /** An instance with these values of its parameters; others have their first default. Nothing is set up. */
    static OperationBenchmark with(Class<? extends OperationBenchmark> type, Map<String, String> parameters) {
        try {
            OperationBenchmark benchmark = type.getDeclaredConstructor().newInstance();
            for (Field field : type.getFields()) {
                Param param = field.getAnnotation(Param.class);
                if (param != null) {
                    field.set(benchmark, value(field.getType(), parameters.getOrDefault(field.getName(), param.value()[0])));
                }
            }
            return benchmark;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + type.getSimpleName(), e);
        }
    }

    private static Object value(Class<?> type, String text) {
        if (type == int.class) {
            return Integer.valueOf(text);
        }
        if (type.isEnum()) {
            for (Object constant : type.getEnumConstants()) {
                if (constant.toString().equals(text)) {
                    return constant;
                }
            }
            throw new InvalidInput("'" + text + "' is not a " + type.getSimpleName());
        }
        return text;
    }
}
