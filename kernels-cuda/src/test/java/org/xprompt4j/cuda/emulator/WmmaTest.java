package org.xprompt4j.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xprompt4j.tensor.Philox;

/** wmma: matrices of small whole numbers, exact in every type, loaded from global or shared memory in both layouts, multiplied, stored. */
class WmmaTest {
    /** A shape, the types of A and B and of the accumulator, layouts (rows or columns first) of A, B and the result. */
    record Product(int m, int n, int k, String type, String sum, boolean rowsA, boolean rowsB, boolean rowsD) {
        @Override
        public String toString() {
            return "m" + m + "n" + n + "k" + k + " " + type + " " + sum + " " + layout(rowsA) + layout(rowsB) + layout(rowsD);
        }
    }

    private static String layout(boolean rows) {
        return rows ? "row" : "col";
    }

    static List<Product> products() {
        List<Product> all = new ArrayList<>();
        for (boolean rows : new boolean[] {true, false}) {
            for (int[] shape : new int[][] {{16, 16}, {32, 8}, {8, 32}}) {
                all.add(new Product(shape[0], shape[1], 16, "f16", "f32", rows, !rows, true));
                all.add(new Product(shape[0], shape[1], 16, "f16", "f16", rows, rows, rows));
                all.add(new Product(shape[0], shape[1], 16, "bf16", "f32", rows, true, false));
                all.add(new Product(shape[0], shape[1], 16, "s8", "s32", rows, false, true));
                all.add(new Product(shape[0], shape[1], 16, "u8", "s32", true, rows, rows));
            }
            all.add(new Product(16, 16, 8, "tf32", "f32", rows, !rows, rows));
            all.add(new Product(8, 8, 4, "f64", "f64", rows, !rows, !rows));
        }
        return all;
    }

    private static int bytes(String type) {
        return WmmaFragment.Type.valueOf(type.toUpperCase(java.util.Locale.ROOT)).bytes;
    }

    private static void put(ByteBuffer to, String type, int index, int value) {
        int at = index * bytes(type);
        switch (type) {
            case "f16" -> to.putShort(at, Float.floatToFloat16(value));
            case "bf16" -> to.putShort(at, (short) (Float.floatToRawIntBits(value) >>> 16));
            case "tf32", "f32" -> to.putFloat(at, value);
            case "f64" -> to.putDouble(at, value);
            case "s8", "u8" -> to.put(at, (byte) value);
            default -> to.putInt(at, value);
        }
    }

    private static double get(ByteBuffer from, String type, int index) {
        int at = index * bytes(type);
        return switch (type) {
            case "f16" -> Float.float16ToFloat(from.getShort(at));
            case "f32" -> from.getFloat(at);
            case "f64" -> from.getDouble(at);
            default -> from.getInt(at);
        };
    }

    private static String registers(String name, String type, int elements, int least) {
        int perRegister = Math.max(1, 4 / bytes(type));
        int count = Math.max(least, elements / 32 / perRegister);
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : ", ").append(name).append(type.equals("f64") ? "d" : "").append(i);
        }
        return text.append('}').toString();
    }

    private static String kernel(Product p) {
        String shape = ".m" + p.m + "n" + p.n + "k" + p.k;
        // The f16 fragments of A and B have eight registers in every shape.
        int least = p.type.equals("f16") ? 8 : 1;
        String a = registers("%a", p.type, p.m * p.k, least);
        String b = registers("%b", p.type, p.k * p.n, least);
        String c = registers("%c", p.sum, p.m * p.n, 1);
        String types = p.type.equals("f16") ? "." + p.sum + "." + p.sum : "." + p.sum + "." + p.type + "." + p.type + "." + p.sum;
        return """
                .version 8.0
                .target sm_80
                .address_size 64
                .visible .entry one(.param .u64 a, .param .u64 b, .param .u64 c, .param .u64 d)
                {
                .reg .b64 %pa, %pb, %pc, %pd; .reg .b32 %a<16>, %b<16>, %c<16>, %s; .reg .f64 %ad<2>, %bd<2>, %cd<2>;
                ld.param.u64 %pa, [a]; ld.param.u64 %pb, [b]; ld.param.u64 %pc, [c]; ld.param.u64 %pd, [d];
                """ + "wmma.load.a.sync.aligned." + layout(p.rowsA) + shape + ".global." + p.type + " " + a + ", [%pa];\n"
                + "wmma.load.b.sync.aligned." + layout(p.rowsB) + shape + "." + p.type + " " + b + ", [%pb], " + ((p.rowsB ? p.n : p.k) + 8) + ";\n"
                + "wmma.load.c.sync.aligned." + layout(p.rowsD) + shape + ".global." + p.sum + " " + c + ", [%pc];\n"
                + "wmma.mma.sync.aligned." + layout(p.rowsA) + "." + layout(p.rowsB) + shape + types + (p.sum.equals("f64") ? ".rn " : " ") + c + ", " + a + ", " + b
                + ", " + c + ";\n" + "wmma.store.d.sync.aligned." + layout(p.rowsD) + shape + ".global." + p.sum + " [%pd], " + c + ";\nret;\n}\n";
    }

    @ParameterizedTest
    @MethodSource("products")
    void matricesMultiply(Product p) {
        ByteBuffer a = ByteBuffer.allocate(p.m * p.k * bytes(p.type)).order(ByteOrder.LITTLE_ENDIAN);
        int stride = (p.rowsB ? p.n : p.k) + 8;
        ByteBuffer b = ByteBuffer.allocate((p.rowsB ? p.k : p.n) * stride * bytes(p.type)).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer c = ByteBuffer.allocate(p.m * p.n * bytes(p.sum)).order(ByteOrder.LITTLE_ENDIAN);
        int[][] left = new int[p.m][p.k];
        int[][] right = new int[p.k][p.n];
        Philox philox = new Philox(3, p.toString().hashCode());
        int low = p.type.equals("u8") ? 0 : -4;
        for (int i = 0; i < p.m; i++) {
            for (int l = 0; l < p.k; l++) {
                left[i][l] = low + philox.nextInt(9);
                put(a, p.type, p.rowsA ? i * p.k + l : l * p.m + i, left[i][l]);
            }
        }
        for (int l = 0; l < p.k; l++) {
            for (int j = 0; j < p.n; j++) {
                right[l][j] = low + philox.nextInt(9);
                put(b, p.type, p.rowsB ? l * stride + j : j * stride + l, right[l][j]);
            }
        }
        for (int i = 0; i < p.m * p.n; i++) {
            put(c, p.sum, i, i % 11);
        }
        PtxMachine machine = new PtxMachine();
        Kernels kernels = new Kernels(machine, PtxModule.parse(kernel(p), "wmma.ptx"));
        long[] addresses = new long[4];
        ByteBuffer[] buffers = {a, b, c};
        for (int i = 0; i < 3; i++) {
            addresses[i] = machine.allocate(buffers[i].capacity(), "matrix " + i);
            machine.copyIn(addresses[i], java.lang.foreign.MemorySegment.ofArray(buffers[i].array()));
        }
        addresses[3] = machine.allocate(c.capacity(), "result");
        kernels.run("one", Grid.of(1), Grid.of(32), 0, addresses[0], addresses[1], addresses[2], addresses[3]);
        ByteBuffer d = ByteBuffer.allocate(c.capacity()).order(ByteOrder.LITTLE_ENDIAN);
        machine.copyOut(addresses[3], java.lang.foreign.MemorySegment.ofArray(d.array()));
        for (int i = 0; i < p.m; i++) {
            for (int j = 0; j < p.n; j++) {
                int at = p.rowsD ? i * p.n + j : j * p.m + i;
                int expected = at % 11;
                for (int l = 0; l < p.k; l++) {
                    expected += left[i][l] * right[l][j];
                }
                assertThat(get(d, p.sum, at)).as("%s at %d, %d", p, i, j).isEqualTo(expected);
            }
        }
    }

    @Test
    void shapesAndAccessesThatAreWrongAreReported() {
        String right = kernel(products().getFirst());
        PtxMachine machine = new PtxMachine();
        long small = machine.allocate(500, "small");
        long[] sums = new long[1024];
        Kernels kernels = new Kernels(machine, PtxModule.parse(right, "wmma.ptx"));
        long large = kernels.longs("large", sums);
        machine.memset(small, (byte) 0, 500);
        assertThatThrownBy(() -> kernels.run("one", Grid.of(1), Grid.of(32), 0, small, large, large, large)).isInstanceOf(PtxFault.class)
                .hasMessageContaining("out-of-bounds").hasMessageContaining("'small' of 500 bytes");
        assertThatThrownBy(() -> kernels.run("one", Grid.of(1), Grid.of(32), 0, large, large, large, machine.allocate(1000, "short"))).hasMessageContaining("'short'");
        assertThatThrownBy(() -> kernels.run("one", Grid.of(1), Grid.of(20), 0, large, large, large, large)).hasMessageContaining("needs all lanes of the warp");
        Kernels odd = new Kernels(machine, PtxModule.parse(right.replace("m16n16k16", "m16n16k5"), "wmma.ptx"));
        assertThatThrownBy(() -> odd.run("one", Grid.of(1), Grid.of(32), 0, large, large, large, large)).hasMessageContaining("unknown instruction 'wmma.load.a");
    }
}
