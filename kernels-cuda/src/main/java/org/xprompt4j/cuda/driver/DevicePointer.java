package org.xprompt4j.cuda.driver;

import jcuda.driver.CUdeviceptr;

/** JCuda hides device addresses as numbers; the backend keeps them as numbers. */
final class DevicePointer extends CUdeviceptr {
    DevicePointer() {
    }

    /** A pointer to an address, for a call. */
    static CUdeviceptr at(long address) {
        return new CUdeviceptr().withByteOffset(address); // from null on
    }

    /** The address that a call wrote here. */
    long address() {
        return getNativePointer() + getByteOffset();
    }
}
