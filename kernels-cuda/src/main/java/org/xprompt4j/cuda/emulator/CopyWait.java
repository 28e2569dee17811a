package org.xprompt4j.cuda.emulator;

/** {@code cp.async.commit_group}, {@code wait_group} and {@code wait_all}. */
final class CopyWait extends Instruction {
    static final int COMMIT = -2;
    static final int ALL = -1;

    private final int keep;

    /**
     * @param keep groups that may stay under way, {@link #ALL} or {@link #COMMIT}
     */
    CopyWait(int keep) {
        this.keep = keep;
    }

    @Override
    void execute(Warp warp, int mask) {
        if (keep == COMMIT) {
            warp.copies.commit(mask);
        } else {
            warp.copies.await(warp, mask, keep);
        }
    }
}
