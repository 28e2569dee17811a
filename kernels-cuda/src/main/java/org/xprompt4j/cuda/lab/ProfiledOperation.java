package org.xprompt4j.cuda.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.xprompt4j.cuda.kernel.Kernels;
import org.xprompt4j.tensor.kernel.KernelOperation;

/**
 * An operation that can be profiled.
 *
 * @param run makes its tensors and calls the backend inside {@link Workbench#measure}
 */
record ProfiledOperation(KernelOperation operation, Run run) {
    private static final Map<String, List<String>> ENTRIES = new ConcurrentHashMap<>(); // of each module
    private static final Pattern ENTRY = Pattern.compile("\\.visible \\.entry (\\w+)");

    /** How an operation is run. */
    interface Run {
        void on(Workbench bench);
    }

    /**
     * An operation.
     *
     * @param source module of its kernels
     * @param axes as {@code rows=64 dim=160}
     */
    static ProfiledOperation of(String name, String source, String axes, String summary, Run run) {
        List<KernelOperation.Axis> parsed = new ArrayList<>();
        for (String axis : axes.split(" ")) {
            String[] parts = axis.split("=");
            parsed.add(new KernelOperation.Axis(parts[0], Long.parseLong(parts[1])));
        }
        return new ProfiledOperation(new KernelOperation(name, summary, parsed, source + ".cu",
                ENTRIES.computeIfAbsent(source, ProfiledOperation::entries)), run);
    }

    private static List<String> entries(String source) {
        Matcher entry = ENTRY.matcher(Kernels.ptx(source));
        List<String> names = new ArrayList<>();
        while (entry.find()) {
            names.add(entry.group(1));
        }
        return List.copyOf(names);
    }
}
