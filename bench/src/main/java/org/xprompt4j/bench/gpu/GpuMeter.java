package org.xprompt4j.bench.gpu;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.IntConsumer;

import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.ReduceOp;

/**
 * Checks and times works on one open device, each beside its rival: a turn of ours, a turn of theirs, and again. On the emulator it
 * checks and runs them once and takes no time.
 */
public final class GpuMeter implements AutoCloseable {
    private static final int ROUNDS = 6;
    private static final int SAMPLES = 5; // of a round, on each side
    private static final double LONG_MICROS = 300_000; // a run beyond this gets a sample a round
    private static final int POOL = (1 << 24) + 4_099;
    private static final int EMULATED_POOL = (1 << 14) + 37;
    private static final int READ_ROWS = 2_048;

    private final GpuDevice device;
    private final Operands operands;
    private final Cublas cublas; // null when it is not there
    private final TorchChild torch; // null when it is not there
    private final Clocks clocks;
    private final MemoryScope scope;
    private final GpuTimer timer; // null on the emulator

    /** Draws random numbers and finds out how long the reading between samples takes. */
    public GpuMeter(GpuDevice device, Cublas cublas, TorchChild torch, Clocks clocks) {
        this(device, cublas, torch, clocks, device.clock().isEmulated() ? 0 : Math.max(16 * device.clock().cacheBytes(), 512L << 20));
    }

    /** @param readingBytes that are read between samples; 0 when nothing is to be timed */
    GpuMeter(GpuDevice device, Cublas cublas, TorchChild torch, Clocks clocks, long readingBytes) {
        this.device = device;
        this.cublas = cublas;
        this.torch = torch;
        this.clocks = clocks;
        this.operands = new Operands(device.backend(), device.clock().isEmulated() ? EMULATED_POOL : POOL);
        this.scope = device.backend().openScope("reading between samples");
        this.timer = readingBytes == 0 ? null : timer(readingBytes);
    }

    private GpuTimer timer(long bytes) {
        long columns = Math.ceilDiv(bytes, 4 * READ_ROWS);
        Tensor much = scope.allocate(DType.F32, READ_ROWS, columns);
        Tensor sums = scope.allocate(DType.F32, READ_ROWS, 1);
        operands.fill(much, 1);
        return new GpuTimer(device.clock(), () -> device.backend().reduce(ReduceOp.SUM, much, sums));
    }

    /** Prepares a work, checks it and runs it once with every set, without timing. */
    public void check(GpuWork work) {
        try (Place place = new Place(device, operands, cublas)) {
            Ready ready = work.setup().prepare(place);
            ready.check().run();
            for (int set = 0; set < ready.sets(); set++) {
                ready.run().accept(set);
            }
            device.clock().await();
        }
    }

    /**
     * Checks a work and times it.
     *
     * @throws WrongResult when its result is wrong: nothing is timed then
     */
    public Measured measure(GpuWork work) {
        if (timer == null) {
            throw new IllegalStateException("the emulator's time says nothing of a GPU");
        }
        try (Place place = new Place(device, operands, cublas)) {
            Ready ready = work.setup().prepare(place);
            ready.check().run();
            Map<String, Object> notes = new LinkedHashMap<>();
            if (ready.activations() != null) {
                notes.put("activations", ready.activations().name().toLowerCase(Locale.ROOT));
            }
            GpuTimer.Pace pace = timer.warmUp(ready.run(), ready.sets());
            int samples = pace.micros() > LONG_MICROS ? 1 : SAMPLES;
            Turns turns = ready.vendor() != null ? vendor(ready) : torch(work, notes);
            double[][] ours = new double[ROUNDS][];
            double[][] theirs = new double[ROUNDS][];
            for (int round = 0; round < ROUNDS; round++) {
                ours[round] = samples(ready.run(), ready.sets(), pace.repeats(), samples);
                if (turns != null) {
                    try {
                        theirs[round] = turns.take(samples);
                    } catch (TorchChild.Refused e) {
                        refused(work, e, notes);
                        turns = null;
                    }
                }
            }
            notes.putAll(clocksAtWork(ready));
            if (turns != null && ready.vendor() == null) {
                try {
                    torch.release();
                } catch (TorchChild.Refused e) {
                    refused(work, e, notes);
                }
            }
            return new Measured(work.as(ready), ours, turns == null ? null : turns.name(), turns == null ? null : theirs, pace, notes);
        }
    }

    /** The clocks while the work runs: they fall as soon as it ends. */
    private Map<String, Object> clocksAtWork(Ready ready) {
        FutureTask<Map<String, Object>> reading = new FutureTask<>(clocks::read);
        Thread.ofPlatform().daemon().name("clocks").start(reading);
        for (int set = 0; !reading.isDone(); set = (set + 1) % ready.sets()) {
            ready.run().accept(set);
            device.clock().await();
        }
        try {
            return reading.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the clocks could not be read", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the clocks were read", e);
        }
    }

    /** The other side. */
    private interface Turns {
        String name();

        double[] take(int samples) throws TorchChild.Refused;
    }

    private Turns vendor(Ready ready) {
        GpuTimer.Pace pace = timer.warmUp(ready.vendor(), ready.sets());
        return new Turns() {
            @Override
            public String name() {
                return cublas.version();
            }

            @Override
            public double[] take(int count) {
                return samples(ready.vendor(), ready.sets(), pace.repeats(), count);
            }
        };
    }

    private Turns torch(GpuWork work, Map<String, Object> notes) {
        if (torch == null || work.torch() == null) {
            return null;
        }
        try {
            String name = torch.prepare(work.torch());
            return new Turns() {
                @Override
                public String name() {
                    return name;
                }

                @Override
                public double[] take(int count) throws TorchChild.Refused {
                    return torch.turn(count);
                }
            };
        } catch (TorchChild.Refused e) {
            refused(work, e, notes);
            return null;
        }
    }

    private static void refused(GpuWork work, TorchChild.Refused why, Map<String, Object> notes) {
        System.err.println(work.op() + " " + work.shape() + ": not compared with PyTorch: " + why.getMessage());
        notes.put("not_compared", why.getMessage());
    }

    private double[] samples(IntConsumer run, int sets, int repeats, int count) {
        double[] micros = new double[count];
        for (int i = 0; i < count; i++) {
            micros[i] = timer.sample(run, sets, i * repeats % sets, repeats);
        }
        return micros;
    }

    @Override
    public void close() {
        scope.close();
        operands.close();
    }
}
