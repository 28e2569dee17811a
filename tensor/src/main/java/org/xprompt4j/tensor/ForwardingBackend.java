package org.xprompt4j.tensor;

import org.xprompt4j.tensor.op.Operation;

/** What the backends around a backend have in common: all that is no operation is the inner one's. Closing one closes the other. */
abstract class ForwardingBackend implements Backend {
    final Backend backend;

    ForwardingBackend(Backend backend) {
        this.backend = backend;
    }

    @Override
    public String device() {
        return backend.device();
    }

    @Override
    public String description() {
        return backend.description();
    }

    @Override
    public boolean canAddress(Storage storage) {
        return backend.canAddress(storage);
    }

    @Override
    public boolean computesBf16(Operation operation) {
        return backend.computesBf16(operation);
    }

    @Override
    public MemoryScope openScope(String name) {
        return backend.openScope(name);
    }

    @Override
    public MemoryPool memory() {
        return backend.memory();
    }

    @Override
    public void close() {
        backend.close();
    }
}
