package org.xprompt4j.tests.gpu;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Prints one line for each test class as it ends: counts and seconds; below it each failure, and why tests were skipped. */
final class GroupReport implements TestExecutionListener {
    private static final int FRAMES = 3;

    private final PrintStream out;
    private final List<String> failures = new ArrayList<>(); // of the running group
    private final Map<String, Integer> reasons = new TreeMap<>(); // why its tests were skipped
    private TestPlan plan;
    private int groupPassed;
    private int groupSkipped;
    private long groupStart;
    private int passed;
    private int failed;
    private int skipped;

    GroupReport(PrintStream out) {
        this.out = out;
    }

    int passed() {
        return passed;
    }

    int failed() {
        return failed;
    }

    int skipped() {
        return skipped;
    }

    @Override
    public void testPlanExecutionStarted(TestPlan started) {
        plan = started;
    }

    /** A class below the engine itself. */
    private boolean isGroup(TestIdentifier identifier) {
        return plan.getParent(identifier).map(plan::getParent).map(Optional::isEmpty).orElse(false);
    }

    @Override
    public void executionStarted(TestIdentifier identifier) {
        if (isGroup(identifier)) {
            failures.clear();
            reasons.clear();
            groupPassed = 0;
            groupSkipped = 0;
            groupStart = System.nanoTime();
        }
    }

    @Override
    public void executionSkipped(TestIdentifier identifier, String reason) {
        skip(reason);
    }

    private void skip(String reason) {
        groupSkipped++;
        reasons.merge(reason, 1, Integer::sum);
    }

    @Override
    public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
        switch (result.getStatus()) {
            case SUCCESSFUL -> groupPassed += identifier.isTest() ? 1 : 0;
            case ABORTED -> skip(result.getThrowable().map(Throwable::getMessage).orElse("no reason given"));
            case FAILED -> failures.add(path(identifier) + ": " + describe(result.getThrowable().orElseThrow()));
        }
        if (isGroup(identifier)) {
            print(identifier);
        }
    }

    /** Names from the group's down, without its own. */
    private String path(TestIdentifier identifier) {
        String name = identifier.getDisplayName();
        return isGroup(identifier) ? name : plan.getParent(identifier).filter(parent -> !isGroup(parent)).map(parent -> path(parent) + ", ").orElse("") + name;
    }

    private static String describe(Throwable thrown) {
        StringBuilder text = new StringBuilder(String.valueOf(thrown.getMessage()).strip().replace("\n", "\n      "));
        if (!(thrown instanceof AssertionError)) {
            text.insert(0, thrown.getClass().getSimpleName() + ": ");
        }
        Arrays.stream(thrown.getStackTrace()).filter(frame -> frame.getClassName().startsWith("org.xprompt4j")).limit(FRAMES)
                .forEach(frame -> text.append("\n      at ").append(frame));
        return text.toString();
    }

    private void print(TestIdentifier group) {
        String name = group.getSource().filter(ClassSource.class::isInstance).map(source -> ((ClassSource) source).getJavaClass().getSimpleName())
                .orElse(group.getDisplayName()).replaceFirst("Test$", "");
        out.printf(Locale.ROOT, "%-26s %4d passed %3d failed %3d skipped %7.1f s%n", name, groupPassed, failures.size(), groupSkipped,
                (System.nanoTime() - groupStart) * 1e-9);
        failures.forEach(failure -> out.println("    " + failure));
        reasons.forEach((reason, times) -> out.println("    " + times + " skipped: " + reason));
        out.flush();
        passed += groupPassed;
        failed += failures.size();
        skipped += groupSkipped;
    }
}
