package org.xprompt4j.bench.gpu;

import java.util.Arrays;
import java.util.Map;

import org.xprompt4j.bench.Spread;

/**
 * A work that was timed.
 *
 * @param work what
 * @param ours [rounds][samples] microseconds a run
 * @param rival what it was compared with, null when with nothing
 * @param theirs [rounds][samples] microseconds a run, turn by turn with ours
 * @param pace how ours was sampled
 * @param notes further figures: clocks, versions
 */
public record Measured(GpuWork work, double[][] ours, String rival, double[][] theirs, GpuTimer.Pace pace, Map<String, Object> notes) {
    /** Of all samples. */
    public Spread micros() {
        return all(ours);
    }

    /** Of all samples of the other side. */
    public Spread theirMicros() {
        return all(theirs);
    }

    private static Spread all(double[][] rounds) {
        return Spread.of(Arrays.stream(rounds).flatMapToDouble(Arrays::stream).toArray());
    }

    /** How many times faster ours is: the other side's median over ours in each round. */
    public Spread ratio() {
        double[] byRound = new double[ours.length];
        for (int round = 0; round < ours.length; round++) {
            byRound[round] = Spread.of(theirs[round]).median() / Spread.of(ours[round]).median();
        }
        return Spread.of(byRound);
    }

    /** 10^9 operations a second. */
    public double gflops() {
        return work.flops() / micros().median() * 1e-3;
    }

    /** 10^9 bytes a second, every operand and result counted once. */
    public double gbytes() {
        return work.bytes() / micros().median() * 1e-3;
    }

    /** The figures of a line of the history; shares are of the roofs as they are known now. */
    public Map<String, Object> figures(String device, Roofs roofs) {
        Map<String, Object> line = work.named(device);
        Spread micros = micros();
        line.put("unit", "us");
        line.put("median", Spread.rounded(micros.median(), 5));
        line.put("min", Spread.rounded(micros.min(), 5));
        line.put("max", Spread.rounded(micros.max(), 5));
        line.put("samples", Arrays.stream(ours).mapToInt(round -> round.length).sum());
        line.put("repeats", pace.repeats());
        line.put("host_us", Spread.rounded(pace.hostMicros(), 3));
        line.put("host_hidden", pace.hidden());
        line.put("gflops", Spread.rounded(gflops(), 4));
        line.put("gbytes_per_s", Spread.rounded(gbytes(), 4));
        line.put("flops", work.flops());
        line.put("bytes", work.bytes());
        if (roofs.known(work.precision())) {
            line.put("peak_gflops", Spread.rounded(roofs.gflops(work.precision()), 4));
            line.put("peak_gbytes_per_s", Spread.rounded(roofs.readGbytes(), 4));
            line.put("peak_copy_gbytes_per_s", Spread.rounded(roofs.copyGbytes(), 4));
            line.put("bound", work.flops() / roofs.gflops(work.precision()) > work.bytes() / roofs.readGbytes() ? "compute" : "memory");
            line.put("share", Spread.rounded(roofs.leastMicros(work.precision(), work.flops(), work.bytes()) / micros.median(), 3));
        }
        if (rival != null) {
            Spread ratio = ratio();
            line.put("against", rival);
            line.put("their_median", Spread.rounded(theirMicros().median(), 5));
            line.put("their_min", Spread.rounded(theirMicros().min(), 5));
            line.put("their_max", Spread.rounded(theirMicros().max(), 5));
            line.put("ratio", Spread.rounded(ratio.median(), 3));
            line.put("ratio_min", Spread.rounded(ratio.min(), 3));
            line.put("ratio_max", Spread.rounded(ratio.max(), 3));
        }
        line.putAll(notes);
        return line;
    }
}
