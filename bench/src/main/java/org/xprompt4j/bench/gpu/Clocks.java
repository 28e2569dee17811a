package org.xprompt4j.bench.gpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code nvidia-smi} says of the GPU's clocks, power and temperature: read only, nothing is set. */
public final class Clocks {
    private static final List<String> FIELDS = List.of("clocks.sm", "clocks.mem", "power.draw", "temperature.gpu");
    private static final List<String> NAMES = List.of("sm_mhz", "memory_mhz", "watts", "celsius");

    private final List<String> command;
    private boolean there = true;

    /** Of GPU {@code ordinal} by PCI order. */
    public Clocks(int ordinal) {
        this(List.of("nvidia-smi", "--query-gpu=" + String.join(",", FIELDS), "--format=csv,noheader,nounits", "-i", Integer.toString(ordinal)));
    }

    Clocks(List<String> command) {
        this.command = command;
    }

    /** Figures by name; empty where the program is not there or says nothing usable. */
    public Map<String, Object> read() {
        if (!there) {
            return Map.of();
        }
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() == 0) {
                return parse(text);
            }
            System.err.println("clocks are not noted: " + text.strip().lines().findFirst().orElse("nvidia-smi failed"));
        } catch (IOException e) {
            System.err.println("clocks are not noted: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while nvidia-smi ran", e);
        }
        there = false;
        return Map.of();
    }

    static Map<String, Object> parse(String text) {
        Map<String, Object> out = new LinkedHashMap<>();
        String[] values = text.strip().split("\\s*,\\s*");
        for (int i = 0; i < Math.min(values.length, NAMES.size()); i++) {
            if (values[i].matches("[0-9]+(\\.[0-9]+)?")) { // or [N/A]
                out.put(NAMES.get(i), Double.parseDouble(values[i]));
            }
        }
        return out;
    }
}
