package org.xprompt4j.tensor;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeSet;

/** Opens backends by device name: those of this module and those that {@link ServiceLoader} finds. */
public final class Backends {
    /** The name that stands for whichever device {@link #choose} chooses. */
    public static final String AUTO = "auto";

    private static final String GPU = "cuda";
    private static final String CPU = "cpu";
    private static final System.Logger LOG = System.getLogger(Backends.class.getName());

    /**
     * What {@code auto} stands for on this machine.
     *
     * @param device a name for {@link #open}
     * @param reason why this one, in one line
     */
    public record Choice(String device, String reason) {
    }

    /**
     * What a module says of a device that it provides.
     *
     * @param device its name
     * @param obstacle why it cannot be opened, with the remedy; null when it can
     * @param facts what there is to know of it, by name
     */
    public record Report(String device, String obstacle, Map<String, String> facts) {
    }

    private Backends() {
    }

    /** Names of the devices that some module on the path provides, sorted; opening one may still fail for want of hardware. */
    public static List<String> devices() {
        TreeSet<String> names = new TreeSet<>();
        for (BackendProvider provider : providers()) {
            names.add(provider.device());
        }
        return List.copyOf(names);
    }

    /** Chooses {@code cuda} where it can be used, else {@code cpu}, and says why. */
    public static Choice choose() {
        for (BackendProvider provider : providers()) {
            if (provider.device().equals(GPU)) {
                String obstacle = provider.obstacle();
                return obstacle == null ? new Choice(GPU, "a GPU is there and its kernels run on it") : new Choice(CPU, obstacle);
            }
        }
        return new Choice(CPU, "no module on the class path provides device cuda (xprompt4j-kernels-cuda does)");
    }

    /** Every device that some module on the path provides, by name. */
    public static List<Report> reports() {
        List<Report> reports = new ArrayList<>();
        for (BackendProvider provider : providers()) {
            reports.add(new Report(provider.device(), provider.obstacle(), provider.facts()));
        }
        reports.sort(Comparator.comparing(Report::device));
        return reports;
    }

    /**
     * Opens a device: {@code cpu} (the Vector API; the scalar loops with one log line where the vector module is missing),
     * {@code scalar} (plain loops), one that another module on the path provides, or {@code auto}: see {@link #choose}, whose answer is
     * logged.
     *
     * @throws InvalidInput when the device is unknown or cannot be opened, saying what to do
     */
    public static Backend open(String device) {
        if (device.equals(AUTO)) {
            Choice choice = choose();
            LOG.log(Level.INFO, "device auto is " + choice.device() + ": " + choice.reason());
            return open(choice.device());
        }
        for (BackendProvider provider : providers()) {
            if (provider.device().equals(device)) {
                return over(provider.open());
            }
        }
        throw new InvalidInput("device '" + device + "' is not known; use one of " + String.join(", ", devices()) + ", auto");
    }

    /** A backend of the caller's making, behind the checks and conversions that {@link #open} puts before every device. */
    public static Backend over(Backend made) {
        return new CheckedBackend(new WideningBackend(made));
    }

    private static ServiceLoader<BackendProvider> providers() {
        return ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader());
    }
}
