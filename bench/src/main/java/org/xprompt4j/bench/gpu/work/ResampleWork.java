package org.xprompt4j.bench.gpu.work;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Tensor;

/** Pictures to twice or half their side, and the gradients: bound by memory. */
final class ResampleWork {
    /** The four operations; true for those that take the larger picture and write the smaller. */
    enum Kind {
        /** Every pixel four times. */
        UPSAMPLE_NEAREST("upsample-nearest.forward", false, false) {
            @Override
            void run(Backend backend, Tensor from, Tensor to) {
                backend.upsampleNearest(from, to);
            }
        },
        /** Its gradient, added. */
        UPSAMPLE_NEAREST_BACKWARD("upsample-nearest.backward", true, true) {
            @Override
            void run(Backend backend, Tensor from, Tensor to) {
                backend.upsampleNearestBackward(from, to);
            }
        },
        /** Mean of four pixels. */
        AVERAGE_POOL("average-pool.forward", true, false) {
            @Override
            void run(Backend backend, Tensor from, Tensor to) {
                backend.averagePool(from, to);
            }
        },
        /** Its gradient, added. */
        AVERAGE_POOL_BACKWARD("average-pool.backward", false, true) {
            @Override
            void run(Backend backend, Tensor from, Tensor to) {
                backend.averagePoolBackward(from, to);
            }
        };

        private final String op;
        private final boolean halves;
        private final boolean adds;

        Kind(String op, boolean halves, boolean adds) {
            this.op = op;
            this.halves = halves;
            this.adds = adds;
        }

        abstract void run(Backend backend, Tensor from, Tensor to);
    }

    private ResampleWork() {
    }

    /** Pictures of {@code side} and {@code 2 · side} pixels. */
    static GpuWork of(Kind kind, int batch, int side, int channels) {
        double small = (double) batch * side * side * channels;
        double numbers = kind.halves ? 4 * small + (kind.adds ? 2 : 1) * small : small + (kind.adds ? 8 : 4) * small;
        int from = kind.halves ? 2 * side : side;
        int to = kind.halves ? side : 2 * side;
        return new GpuWork(kind.op, batch + "x" + from + "x" + from + "x" + channels, Precision.F32, 4 * small, 4 * numbers, place -> {
            int sets = place.sets(4 * numbers);
            Tensor[] x = Place.each(sets, () -> place.normal(batch, from, from, channels));
            Tensor[] y = Place.each(sets, () -> place.normal(batch, to, to, channels));
            return new Ready(sets, set -> kind.run(place.backend(), x[set], y[set]), () -> {
                Tensor expected = place.rows(y[0], batch - 1);
                kind.run(place.oracle(), place.rows(x[0], batch - 1), expected);
                if (!kind.adds) {
                    place.poison(y[0]);
                }
                kind.run(place.backend(), x[0], y[0]);
                WrongResult.requireClose(kind.op, expected, place.rows(y[0], batch - 1), Precision.F32.bound());
            });
        });
    }
}
