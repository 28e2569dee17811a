/** Works, statistics and reports of the GPU's benchmarks, without a GPU. */
package org.xprompt4j.bench.gpu;
