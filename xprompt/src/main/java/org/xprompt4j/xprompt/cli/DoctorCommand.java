package org.xprompt4j.xprompt.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.SelfTest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code xp doctor}: what this machine offers, and whether it computes right. */
@Command(name = "doctor", header = "says what this machine offers and whether it computes right", description = {
    "Prints the virtual machine and its flags, every device with its hardware, driver and settings, what keeps a device from being",
    "used and what to do about it, and runs a short self-test on each that can be opened: a few operations against float64 loops.",
    "Exit code 0 when all that is there works, 1 when a device computes wrong. Attach the output to a report of a fault."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp doctor",
            "  xp doctor --skip ptx             without the emulator's self-test, which takes a second or two",
            "  xp doctor --json | jq .devices"})
final class DoctorCommand implements Callable<Integer> {
    private static final double FLOAT_BOUND = 1e-5;
    private static final double BF16_BOUND = 2e-2; // of devices that say they multiply in bf16

    @Mixin
    private CommonOptions common;

    @Option(names = "--skip", paramLabel = "DEVICE", description = "no self-test on this device; may be repeated")
    private List<String> skipped = List.of();

    /** What is said of a device. */
    private record Device(Backends.Report report, String description, List<SelfTest.Check> checks) {
        boolean works() {
            return checks.stream().allMatch(SelfTest.Check::passed);
        }
    }

    @Override
    public Integer call() {
        Map<String, String> machine = machine();
        if (!common.json()) {
            machine.forEach((name, value) -> line("", name, value));
        }
        List<Device> devices = new ArrayList<>();
        for (Backends.Report report : Backends.reports()) {
            Device device = examine(report);
            devices.add(device);
            if (!common.json()) {
                print(device);
            }
        }
        Backends.Choice choice = Backends.choose();
        boolean works = devices.stream().allMatch(Device::works);
        if (common.json()) {
            common.printJson(json(machine, devices, choice, works));
        } else {
            line("", "device auto", choice.device() + ": " + choice.reason());
            common.out().println(works ? "All that is there computes right." : "A device computes wrong; see above.");
        }
        return works ? Main.DONE : Main.OUR_FAULT;
    }

    private Device examine(Backends.Report report) {
        if (report.obstacle() != null || skipped.contains(report.device())) {
            return new Device(report, null, List.of());
        }
        try (Backend backend = Backends.open(report.device())) {
            boolean rounds = report.facts().getOrDefault("products", "").startsWith("bf16");
            return new Device(report, backend.description(), SelfTest.run(backend, rounds ? BF16_BOUND : FLOAT_BOUND));
        } catch (InvalidInput e) {
            return new Device(new Backends.Report(report.device(), e.getMessage(), report.facts()), null, List.of());
        }
    }

    private void print(Device device) {
        String name = device.report.device();
        String obstacle = device.report.obstacle();
        line("", "device " + name, obstacle != null ? "cannot be used: " + obstacle : device.description == null ? "self-test skipped" : device.description);
        device.report.facts().forEach((fact, value) -> line("  ", fact, value));
        for (SelfTest.Check check : device.checks) {
            String share = check.bound() == 0 ? (check.error() == 0 ? "exact" : String.format(Locale.ROOT, "%.0f %% of the answers are wrong", 100 * check.error()))
                    : String.format(Locale.ROOT, "error %.1e, %.0f %% of what is allowed", check.error(), 100 * check.error() / check.bound());
            line("  ", "self-test " + check.operation(), (check.passed() ? "right, " : "WRONG, ") + share);
        }
    }

    private void line(String indent, String name, String value) {
        common.out().println(String.format(Locale.ROOT, "%s%-" + (24 - indent.length()) + "s %s", indent, name, Main.oneLine(value)));
    }

    private static Map<String, String> machine() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("program", Main.VERSION);
        facts.put("Java", System.getProperty("java.version") + ", " + System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version") + ", "
                + System.getProperty("java.vm.vendor"));
        facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version") + ", " + System.getProperty("os.arch"));
        facts.put("flags", String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
        facts.put("heap", (Runtime.getRuntime().maxMemory() >> 20) + " MB at most; tensors lie outside of it");
        String home = System.getProperty("xprompt4j.home");
        facts.put("home", home == null ? "not known: not started by the launcher" : home);
        if (home != null) {
            facts.put("faster start", fasterStart(Path.of(home)));
            facts.put("shipped model", shippedModel(Path.of(home)));
        }
        return facts;
    }

    private static String fasterStart(Path home) {
        Path cache = home.resolve("xprompt/target/startup.aot");
        try {
            return !Files.exists(cache) ? "no cache of loaded classes; the launcher makes one after a build"
                    : Files.size(cache) == 0 ? "a cache of loaded classes could not be made; commands start a little slower"
                    : "a cache of loaded classes, " + (Files.size(cache) >> 20) + " MB";
        } catch (IOException e) {
            return cache + " cannot be read: " + e.getMessage();
        }
    }

    private static String shippedModel(Path home) {
        Path model = home.resolve("xprompt/models/demo");
        return Files.exists(model.resolve("model.safetensors")) ? model.toString() : "missing: " + model + "; name another with --model";
    }

    private static Map<String, Object> json(Map<String, String> machine, List<Device> devices, Backends.Choice choice, boolean works) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("machine", machine);
        out.put("devices", devices.stream().map(DoctorCommand::json).toList());
        out.put("auto", Map.of("device", choice.device(), "reason", choice.reason()));
        out.put("works", works);
        return out;
    }

    private static Map<String, Object> json(Device device) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("device", device.report.device());
        out.put("obstacle", device.report.obstacle());
        out.put("description", device.description);
        out.put("facts", device.report.facts());
        out.put("checks", device.checks.stream().map(check -> Map.of("operation", check.operation(), "error", check.error(), "bound", check.bound(),
                "passed", check.passed())).toList());
        return out;
    }
}
