/** Tests of the comparison with OpenBLAS. Read {@link org.xprompt4j.bench.openblas.GemmComparisonTest} first. */
package org.xprompt4j.bench.openblas;
