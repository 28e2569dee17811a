package org.xprompt4j.tests.gpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import org.junit.platform.engine.CancellationToken;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherExecutionRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tests.device.TestDevice;

/** Runs the tests tagged {@code gpu} on one device, a class a group, and exits with 0 when all passed, 1 when not, 2 when it could not begin. */
public final class GpuCheck {
    private static final List<String> PACKAGES = List.of("contract", "device", "golden");
    private static final int SECONDS = 450; // after this no test is begun
    private static final int LAST_SECONDS = 475; // after this the process ends, whatever runs

    private GpuCheck() {
    }

    /** Arguments: {@code --device NAME}, {@code --only NAME,NAME...} parts of the groups' names. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    private static int run(String[] args) {
        String device = TestDevice.GPU;
        List<String> only = List.of();
        for (int i = 0; i < args.length; i += 2) {
            if (i + 1 == args.length || !List.of("--device", "--only").contains(args[i])) {
                return refuse("'" + args[i] + "' is not understood; use [--device cuda|ptx] [--only NAME,NAME...]");
            }
            if (args[i].equals("--device")) {
                device = args[i + 1];
            } else {
                only = Arrays.asList(args[i + 1].split(","));
            }
        }
        if (!List.of(TestDevice.GPU, TestDevice.EMULATOR).contains(device)) {
            return refuse("--device must be cuda or ptx, is " + device);
        }
        try {
            Backends.open(device).close();
        } catch (InvalidInput e) {
            return refuse(e.getMessage());
        }
        TestDevice.give(device);
        return check(device, only);
    }

    private static int refuse(String why) {
        System.err.println("gpu-check: " + why);
        return 2;
    }

    private static int check(String device, List<String> only) {
        List<String> names = only.isEmpty() ? List.of("") : only;
        String pattern = names.stream().map(name -> ".*\\." + "[^.]*\\Q" + name + "\\E[^.]*Test").collect(Collectors.joining("|"));
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(PACKAGES.stream().map(name -> DiscoverySelectors.selectPackage("org.xprompt4j.tests." + name)).toList())
                .filters(TagFilter.includeTags("gpu"), ClassNameFilter.includeClassNamePatterns(pattern)).build();
        GroupReport report = new GroupReport(System.out);
        CancellationToken token = CancellationToken.create();
        limit(token);
        long start = System.nanoTime();
        try (LauncherSession session = LauncherFactory.openSession()) {
            session.getLauncher().execute(LauncherExecutionRequestBuilder.request(request).listeners(report).cancellationToken(token).build());
        }
        List<String> verdict = new ArrayList<>();
        if (report.failed() > 0) {
            verdict.add("failed");
        }
        if (token.isCancellationRequested()) {
            verdict.add("stopped after " + SECONDS + " s");
        }
        if (report.passed() + report.failed() == 0) {
            verdict.add(only.isEmpty() ? "no test ran" : "no test ran; --only " + String.join(",", only) + " names no group");
        }
        System.out.printf(Locale.ROOT, "%s on %s: %d passed, %d failed, %d skipped in %.1f s%n", verdict.isEmpty() ? "passed" : String.join(", ", verdict),
                device, report.passed(), report.failed(), report.skipped(), (System.nanoTime() - start) * 1e-9);
        return verdict.isEmpty() ? 0 : 1;
    }

    /** Stops between tests, and inside one when a kernel does not end. */
    private static void limit(CancellationToken token) {
        Thread.ofPlatform().daemon().name("time limit").start(() -> {
            try {
                Thread.sleep(SECONDS * 1000L);
                token.cancel();
                Thread.sleep((LAST_SECONDS - SECONDS) * 1000L);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            System.err.println("gpu-check: stopped, a test did not end after " + LAST_SECONDS + " s");
            Runtime.getRuntime().halt(1);
        });
    }
}
