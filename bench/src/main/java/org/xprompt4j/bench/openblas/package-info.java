/**
 * Our matrix product beside OpenBLAS's, in one process and turn by turn.
 *
 * <p>Read {@link org.xprompt4j.bench.openblas.GemmComparison} first, then {@link org.xprompt4j.bench.openblas.GemmFork}.
 */
package org.xprompt4j.bench.openblas;
