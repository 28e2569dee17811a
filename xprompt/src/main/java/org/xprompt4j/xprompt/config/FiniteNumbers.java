package org.xprompt4j.xprompt.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;

/** Numbers with fractions as recipes mean them: JSON numbers of finite size. Jackson alone takes "NaN", "Infinity" and 1e999. */
final class FiniteNumbers extends SimpleModule {
    private static final long serialVersionUID = 1;

    FiniteNumbers() {
        super("finite numbers");
        addDeserializer(double.class, new OfDouble());
        addDeserializer(Double.class, new OfDouble());
        addDeserializer(float.class, new OfFloat());
        addDeserializer(Float.class, new OfFloat());
    }

    private static double number(JsonParser in, DeserializationContext context, Class<?> type) throws IOException {
        if (!in.currentToken().isNumeric()) {
            context.handleUnexpectedToken(type, in);
        }
        double number = type == float.class ? (float) in.getDoubleValue() : in.getDoubleValue();
        if (!Double.isFinite(number)) {
            throw context.weirdNumberException(number, type, "too large");
        }
        return number;
    }

    private static final class OfDouble extends StdScalarDeserializer<Double> {
        private static final long serialVersionUID = 1;

        OfDouble() {
            super(double.class);
        }

        @Override
        public Double deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return number(in, context, double.class);
        }
    }

    private static final class OfFloat extends StdScalarDeserializer<Float> {
        private static final long serialVersionUID = 1;

        OfFloat() {
            super(float.class);
        }

        @Override
        public Float deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return (float) number(in, context, float.class);
        }
    }
}
