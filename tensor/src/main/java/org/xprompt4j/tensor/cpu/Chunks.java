package org.xprompt4j.tensor.cpu;

/** How a long array is cut into tasks, by its length alone. */
final class Chunks {
    /** Elements of one task: far more work than handing it out costs. */
    static final int TASK = 32 * 1024;
    /** Elements that pass through heap scratch at once: three such blocks stay in the first cache. */
    static final int BLOCK = 2 * 1024;

    private Chunks() {
    }

    /** Number of tasks for n elements. */
    static int count(long n) {
        return Math.toIntExact((n + TASK - 1) / TASK);
    }

    /** First element of a task. */
    static long from(int task) {
        return (long) task * TASK;
    }

    /** Element behind the last of a task. */
    static long to(int task, long n) {
        return Math.min(n, from(task) + TASK);
    }
}
