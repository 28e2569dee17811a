package org.xprompt4j.cuda.emulator;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.xprompt4j.cuda.emulator.RegisterFile.Kind;

/**
 * Makes the class that runs a {@link LaneFormula} over the 32 lanes of a warp: a counted loop for full warps and a loop over set bits for the
 * rest, the function called in its middle. One class serves all instructions of the same form, so that it is soon compiled.
 */
final class LaneCompiler {
    private static final ClassDesc LANE_INSTRUCTION = LaneInstruction.class.describeConstable().orElseThrow();
    private static final ClassDesc WARP = Warp.class.describeConstable().orElseThrow();
    private static final ClassDesc INTS = CD_int.arrayType();
    private static final ClassDesc LONGS = CD_long.arrayType();
    private static final String[] ROWS = {"a", "b", "c", "e"};
    private static final int WARP_AT = 1;
    private static final int MASK_AT = 2;
    private static final int INTS_AT = 3;
    private static final int LONGS_AT = 4;
    private static final int MASKS_AT = 5;
    private static final int OUT_AT = 6;
    private static final int ROWS_AT = 7;
    private static final int LANE_AT = 11;
    private static final int LEFT_AT = 12;
    private static final int RESULT_AT = 13;

    private static final Map<String, MethodHandle> MADE = new ConcurrentHashMap<>();

    private LaneCompiler() {
    }

    /** A new instruction that computes the formula; its rows are still to be set. */
    static LaneInstruction instruction(LaneFormula formula) {
        MethodHandle constructor = MADE.computeIfAbsent(formula.key(), key -> define(formula));
        try {
            LaneInstruction made = (LaneInstruction) constructor.invokeExact();
            made.formula = formula;
            return made;
        } catch (Throwable e) {
            throw new IllegalStateException("cannot make " + formula.key(), e);
        }
    }

    private static MethodHandle define(LaneFormula formula) {
        ClassDesc name = ClassDesc.of("org.xprompt4j.cuda.emulator.Lanes_" + formula.main().getName());
        byte[] bytes = ClassFile.of().build(name, cls -> cls
                .withSuperclass(LANE_INSTRUCTION)
                .withFlags(ClassFile.ACC_FINAL)
                .withMethodBody("<init>", MethodTypeDesc.of(CD_void), 0, code -> code
                        .aload(0).invokespecial(LANE_INSTRUCTION, "<init>", MethodTypeDesc.of(CD_void)).return_())
                .withMethodBody("execute", MethodTypeDesc.of(CD_void, WARP, CD_int), 0, code -> execute(code, name, formula)));
        try {
            MethodHandles.Lookup hidden = MethodHandles.lookup().defineHiddenClass(bytes, true);
            return hidden.findConstructor(hidden.lookupClass(), MethodType.methodType(void.class)).asType(MethodType.methodType(LaneInstruction.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot define " + formula.key(), e);
        }
    }

    private static void execute(CodeBuilder code, ClassDesc self, LaneFormula formula) {
        code.aload(WARP_AT).getfield(WARP, "ints", INTS).astore(INTS_AT);
        code.aload(WARP_AT).getfield(WARP, "longs", LONGS).astore(LONGS_AT);
        code.aload(WARP_AT).getfield(WARP, "masks", INTS).astore(MASKS_AT);
        code.aload(0).getfield(self, "out", CD_int).istore(OUT_AT);
        List<Kind> files = formula.argumentFiles();
        for (int k = 0; k < files.size(); k++) {
            if (files.get(k) == Kind.MASK) {
                code.aload(MASKS_AT).aload(0).getfield(self, ROWS[k], CD_int).iaload().istore(ROWS_AT + k);
            } else {
                code.aload(0).getfield(self, ROWS[k], CD_int).istore(ROWS_AT + k);
            }
        }
        boolean toMask = formula.resultFile() == Kind.MASK;
        code.iconst_0().istore(RESULT_AT);
        Label some = code.newLabel();
        Label end = code.newLabel();
        code.iload(MASK_AT).iconst_m1().if_icmpne(some);
        code.iconst_0().istore(LANE_AT);
        Label next = code.newBoundLabel();
        lane(code, formula);
        code.iinc(LANE_AT, 1).iload(LANE_AT).bipush(32).if_icmplt(next);
        code.goto_(end);
        code.labelBinding(some);
        code.iload(MASK_AT).istore(LEFT_AT);
        Label nextSet = code.newBoundLabel();
        code.iload(LEFT_AT).invokestatic(Integer.class.describeConstable().orElseThrow(), "numberOfTrailingZeros", MethodTypeDesc.of(CD_int, CD_int))
                .istore(LANE_AT);
        lane(code, formula);
        code.iload(LEFT_AT).dup().iconst_1().isub().iand().dup().istore(LEFT_AT).ifne(nextSet);
        code.labelBinding(end);
        if (toMask) {
            code.aload(MASKS_AT).iload(OUT_AT);
            code.aload(MASKS_AT).iload(OUT_AT).iaload().iload(MASK_AT).iconst_m1().ixor().iand().iload(RESULT_AT).ior();
            code.iastore();
        }
        code.return_();
    }

    private static void lane(CodeBuilder code, LaneFormula formula) {
        switch (formula.resultFile()) {
            case INT -> {
                code.aload(INTS_AT).iload(OUT_AT).iload(LANE_AT).iadd();
                value(code, formula);
                code.iastore();
            }
            case LONG -> {
                code.aload(LONGS_AT).iload(OUT_AT).iload(LANE_AT).iadd();
                value(code, formula);
                code.lastore();
            }
            case MASK -> {
                value(code, formula);
                code.iload(LANE_AT).ishl().iload(RESULT_AT).ior().istore(RESULT_AT);
            }
        }
    }

    private static void value(CodeBuilder code, LaneFormula formula) {
        Class<?>[] parameters = formula.main().getParameterTypes();
        for (int k = 0; k < parameters.length; k++) {
            Class<?> have = argument(code, formula.argumentFiles().get(k), k);
            have = adapt(code, have, parameters[k]);
            for (Method step : formula.before()) {
                if (step.getParameterTypes()[0] == have) {
                    call(code, step);
                }
            }
        }
        Class<?> have = call(code, formula.main());
        for (Method step : formula.after()) {
            adapt(code, have, step.getParameterTypes()[0]);
            have = call(code, step);
        }
        adapt(code, have, formula.resultFile() == Kind.LONG ? long.class : formula.resultFile() == Kind.MASK ? boolean.class : int.class);
        if (formula.narrow()) {
            code.loadConstant(0xffff).iand();
        }
    }

    private static Class<?> argument(CodeBuilder code, Kind file, int k) {
        switch (file) {
            case INT -> {
                code.aload(INTS_AT).iload(ROWS_AT + k).iload(LANE_AT).iadd().iaload();
                return int.class;
            }
            case LONG -> {
                code.aload(LONGS_AT).iload(ROWS_AT + k).iload(LANE_AT).iadd().laload();
                return long.class;
            }
            default -> {
                code.iload(ROWS_AT + k).iload(LANE_AT).iushr().iconst_1().iand();
                return boolean.class;
            }
        }
    }

    /** A wider register gives its low bits to a narrower operand; a narrower result is widened with its sign. */
    private static Class<?> adapt(CodeBuilder code, Class<?> have, Class<?> want) {
        if (have == long.class && want == int.class) {
            code.l2i();
        } else if (have == int.class && want == long.class) {
            code.i2l();
        } else if (have != want) {
            throw new IllegalArgumentException("a " + have + " does not serve as a " + want);
        }
        return want;
    }

    private static Class<?> call(CodeBuilder code, Method method) {
        code.invokestatic(method.getDeclaringClass().describeConstable().orElseThrow(), method.getName(),
                MethodType.methodType(method.getReturnType(), method.getParameterTypes()).describeConstable().orElseThrow());
        return method.getReturnType();
    }
}
