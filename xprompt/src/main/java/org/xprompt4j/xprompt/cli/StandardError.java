package org.xprompt4j.xprompt.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The JVM greets with "WARNING: Using incubator modules" on standard error and has no option against it. The launcher
 * therefore starts it with standard error led through a filter of that one line and the real one kept as descriptor 3; this
 * class puts the real one back, so that from the first line of our own nothing stands between.
 */
final class StandardError {
    private StandardError() {
    }

    /** Makes descriptor 3 standard error again when the launcher says that it is there. */
    static void restore() {
        if (!Boolean.getBoolean("xprompt4j.stderr3")) {
            return;
        }
        try { // by its name: a tenth of a second sooner than by a call of the C library
            System.setErr(new PrintStream(Files.newOutputStream(Path.of("/dev/fd/3"), StandardOpenOption.WRITE, StandardOpenOption.APPEND), true));
        } catch (IOException | InvalidPathException e) { // descriptors have no names here, or this one is a socket
            duplicate();
        }
    }

    @SuppressWarnings("restricted") // a call of the C library
    private static void duplicate() {
        Linker linker = Linker.nativeLinker();
        MethodHandle dup2 = linker.downcallHandle(linker.defaultLookup().findOrThrow("dup2"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        try {
            int result = (int) dup2.invokeExact(3, 2);
            if (result != 2) {
                throw new IllegalStateException("dup2(3, 2) gave " + result);
            }
        } catch (Error | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("dup2(3, 2) failed", e);
        }
    }
}
