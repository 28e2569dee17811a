package org.xprompt4j.cuda.emulator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.xprompt4j.cuda.emulator.syntax.PtxFunction;
import org.xprompt4j.cuda.emulator.syntax.PtxParser;
import org.xprompt4j.cuda.emulator.syntax.PtxProgram;
import org.xprompt4j.cuda.emulator.syntax.PtxVariable;

/** A parsed PTX file: its kernels and variables. It has no state and can be loaded into any number of machines. */
public final class PtxModule {
    private final PtxProgram program;
    private final Map<String, PtxEntry> entries = new LinkedHashMap<>();

    private PtxModule(PtxProgram program) {
        this.program = program;
        for (PtxFunction function : program.functions().values()) {
            if (function.entry() && function.defined()) {
                entries.put(function.name(), entry(function));
            }
        }
    }

    /**
     * Parses PTX.
     *
     * @param ptx the text
     * @param fileName for messages
     * @throws org.xprompt4j.cuda.emulator.syntax.PtxSyntaxException naming the line, where it cannot be read
     */
    public static PtxModule parse(String ptx, String fileName) {
        return new PtxModule(PtxParser.parse(ptx, fileName));
    }

    private PtxEntry entry(PtxFunction function) {
        List<PtxEntry.Parameter> parameters = new ArrayList<>();
        int offset = 0;
        for (PtxVariable parameter : function.parameters()) {
            offset = (offset + parameter.alignment() - 1) / parameter.alignment() * parameter.alignment();
            parameters.add(new PtxEntry.Parameter(parameter.name(), parameter.type(), offset, (int) parameter.bytes(), parameter.alignment()));
            offset += (int) parameter.bytes();
        }
        long shared = Stream.concat(function.variables().values().stream(), program.variables().values().stream())
                .filter(variable -> variable.space().equals("shared")).mapToLong(PtxVariable::bytes).sum();
        return new PtxEntry(this, function.name(), List.copyOf(parameters), offset, (int) shared, function.maxThreads());
    }

    /** The kernels, in order. */
    public List<PtxEntry> entries() {
        return List.copyOf(entries.values());
    }

    /**
     * A kernel by name.
     *
     * @throws IllegalArgumentException naming the kernels there are, if it is none of them
     */
    public PtxEntry entry(String name) {
        PtxEntry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException(program.file() + " has no kernel '" + name + "'; it has " + String.join(", ", entries.keySet()));
        }
        return entry;
    }

    /** Names of the global and const variables. */
    public List<String> variables() {
        return program.variables().values().stream().filter(variable -> !variable.space().equals("shared")).map(PtxVariable::name).toList();
    }

    /** Name of the file. */
    public String file() {
        return program.file();
    }

    PtxProgram program() {
        return program;
    }
}
