/** The program behind {@code kernels-cuda/gpu-check.sh}: the tests that are tagged {@code gpu}, on one device, without Maven. */
package org.xprompt4j.tests.gpu;
