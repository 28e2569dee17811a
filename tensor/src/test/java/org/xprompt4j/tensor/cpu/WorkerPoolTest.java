package org.xprompt4j.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkerPoolTest {
    @Test
    void everyTaskRunsOnceForAnyNumberOfThreads() {
        for (int threads = 1; threads <= 4; threads++) {
            WorkerPool pool = new WorkerPool(threads);
            for (int round = 0; round < 500; round++) {
                AtomicIntegerArray runs = new AtomicIntegerArray(round % 17);
                pool.parallelFor(runs.length(), runs::incrementAndGet);
                for (int i = 0; i < runs.length(); i++) {
                    assertThat(runs.get(i)).as("task %d of %d on %d threads", i, runs.length(), threads).isEqualTo(1);
                }
            }
            pool.close();
        }
    }

    @Test
    void loopsInsideTasksRunInPlace() {
        WorkerPool pool = new WorkerPool(3);
        AtomicIntegerArray runs = new AtomicIntegerArray(35);
        pool.parallelFor(5, outer -> {
            Thread thread = Thread.currentThread();
            pool.parallelFor(7, inner -> {
                assertThat(Thread.currentThread()).isSameAs(thread);
                runs.incrementAndGet(outer * 7 + inner);
            });
        });
        for (int i = 0; i < runs.length(); i++) {
            assertThat(runs.get(i)).isEqualTo(1);
        }
        pool.close();
    }

    @Test
    void failuresReachTheCallerAndThePoolStaysUsable() {
        WorkerPool pool = new WorkerPool(3);
        for (int round = 0; round < 50; round++) {
            int bad = round % 20;
            assertThatThrownBy(() -> pool.parallelFor(20, task -> {
                if (task == bad) {
                    throw new IllegalStateException("task " + bad);
                }
            })).isInstanceOf(IllegalStateException.class).hasMessage("task " + bad);
        }
        AtomicIntegerArray runs = new AtomicIntegerArray(10);
        pool.parallelFor(10, runs::incrementAndGet);
        assertThat(runs.toString()).doesNotContain("0");
        pool.close();
    }

    @Test
    void manyCallersAtOnce() throws InterruptedException {
        WorkerPool pool = new WorkerPool(2);
        AtomicIntegerArray runs = new AtomicIntegerArray(4 * 200);
        Thread[] callers = new Thread[4];
        for (int c = 0; c < callers.length; c++) {
            int base = c * 200;
            callers[c] = Thread.ofPlatform().start(() -> pool.parallelFor(200, i -> runs.incrementAndGet(base + i)));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        for (int i = 0; i < runs.length(); i++) {
            assertThat(runs.get(i)).isEqualTo(1);
        }
        pool.close();
    }
}
