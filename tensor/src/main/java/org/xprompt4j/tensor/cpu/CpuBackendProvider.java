package org.xprompt4j.tensor.cpu;

import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.BackendProvider;
import org.xprompt4j.tensor.HostMemoryPool;
import org.xprompt4j.tensor.scalar.ScalarBackend;

/**
 * Opens the device {@code cpu}: the vector backend where the virtual machine compiles vectors well, else the scalar loops under
 * the same name, with one log line that says why and what to do. Touches no vector class before it has checked.
 */
public final class CpuBackendProvider implements BackendProvider {
    private static final String DEVICE = "cpu";
    private static final System.Logger LOG = System.getLogger(CpuBackendProvider.class.getName());

    @Override
    public String device() {
        return DEVICE;
    }

    @Override
    public Backend open() {
        String obstacle = vectorObstacle();
        if (obstacle == null) {
            return new VectorBackend();
        }
        LOG.log(Level.WARNING, "device cpu runs plain loops, 50 to 100 times slower than vectors: " + obstacle);
        return new ScalarCpuBackend(obstacle);
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        String obstacle = vectorObstacle();
        facts.put("vectors", obstacle == null ? "used" : "not used: " + obstacle);
        facts.put("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
        facts.put("memory limit", System.getProperty(HostMemoryPool.LIMIT_PROPERTY, "none (-D" + HostMemoryPool.LIMIT_PROPERTY + "=4g sets one)"));
        return facts;
    }

    /** Why the vector backend must not be used here, with the remedy; null when it can. */
    static String vectorObstacle() {
        Module vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").orElse(null);
        if (vectors == null) {
            return "the vector module is not loaded; add --add-modules jdk.incubator.vector to the java command";
        }
        if (!CpuBackendProvider.class.getModule().canRead(vectors)) {
            return "the vector module is not readable; add --add-reads org.xprompt4j.tensor=jdk.incubator.vector to the java command";
        }
        String machine = System.getProperty("java.vm.name", "");
        if (!machine.contains("HotSpot") && !machine.contains("OpenJDK")) {
            return "the virtual machine is '" + machine + "'; use an OpenJDK build with the HotSpot C2 compiler";
        }
        String info = System.getProperty("java.vm.info", "");
        if (info.contains("interpreted")) {
            return "the virtual machine only interprets; remove -Xint from the java command";
        }
        return null;
    }

    /** The scalar loops under the name of this device. */
    private static final class ScalarCpuBackend extends ScalarBackend {
        private final String obstacle;

        ScalarCpuBackend(String obstacle) {
            this.obstacle = obstacle;
        }

        @Override
        public String device() {
            return DEVICE;
        }

        @Override
        public String description() {
            return super.description() + " (" + obstacle + ")";
        }
    }
}
