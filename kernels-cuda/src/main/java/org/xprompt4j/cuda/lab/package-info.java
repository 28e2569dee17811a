/**
 * Kernels under the microscope: {@link org.xprompt4j.cuda.lab.EmulatedKernelLab} runs the operations of the backend, or a kernel of anybody's PTX
 * file, on the PTX machine with its counters on. The operations, their axes and default sizes are listed in
 * {@link org.xprompt4j.cuda.lab.NormOperations} and its neighbours.
 */
package org.xprompt4j.cuda.lab;
