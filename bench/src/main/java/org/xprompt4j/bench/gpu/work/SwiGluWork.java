package org.xprompt4j.bench.gpu.work;

import java.util.Map;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Operation;

/** silu(gate) times up, forward and backward: bound by memory. */
final class SwiGluWork {
    private SwiGluWork() {
    }

    static GpuWork of(Precision precision, int rows, int dim, boolean backward) {
        double numbers = (double) rows * dim;
        double passes = backward ? 7 : 3; // backward reads three and adds to two
        return new GpuWork(backward ? "swiglu.backward" : "swiglu.forward", rows + "x" + dim, precision, (backward ? 10 : 5) * numbers, 4 * passes * numbers, place -> {
            DType type = place.activations(precision, backward ? Operation.SWI_GLU_BACKWARD : Operation.SWI_GLU);
            double bytes = type.bytes() * passes * numbers;
            int sets = place.sets(bytes);
            Tensor[] gate = Place.each(sets, () -> place.normal(type, 1, rows, dim));
            Tensor[] up = Place.each(sets, () -> place.normal(type, 1, rows, dim));
            int[] sample = Place.sample(rows);
            if (!backward) {
                Tensor[] out = Place.each(sets, () -> place.empty(type, rows, dim));
                return new Ready(sets, set -> place.backend().swiGlu(gate[set], up[set], out[set]), () -> {
                    place.poison(out[0]);
                    place.backend().swiGlu(gate[0], up[0], out[0]);
                    Tensor expected = place.expectedZeros(type, sample.length, dim);
                    place.oracle().swiGlu(place.rows(gate[0], sample), place.rows(up[0], sample), expected);
                    WrongResult.requireClose("swiGlu", expected, place.rows(out[0], sample), precision.bound());
                }, type, bytes);
            }
            Tensor[] dOut = Place.each(sets, () -> place.normal(type, 1, rows, dim));
            Tensor[] dGate = Place.each(sets, () -> place.zeros(type, rows, dim));
            Tensor[] dUp = Place.each(sets, () -> place.zeros(type, rows, dim));
            return new Ready(sets, set -> place.backend().swiGluBackward(gate[set], up[set], dOut[set], dGate[set], dUp[set]), () -> {
                place.backend().swiGluBackward(gate[0], up[0], dOut[0], dGate[0], dUp[0]);
                Tensor expectedGate = place.expectedZeros(type, sample.length, dim);
                Tensor expectedUp = place.expectedZeros(type, sample.length, dim);
                place.oracle().swiGluBackward(place.rows(gate[0], sample), place.rows(up[0], sample), place.rows(dOut[0], sample), expectedGate, expectedUp);
                WrongResult.requireClose("swiGlu's dGate", expectedGate, place.rows(dGate[0], sample), precision.bound());
                WrongResult.requireClose("swiGlu's dUp", expectedUp, place.rows(dUp[0], sample), precision.bound());
            }, type, bytes);
        }).against("swiglu", Map.of("rows", rows, "dim", dim, "backward", backward, "bf16", precision == Precision.BF16));
    }
}
