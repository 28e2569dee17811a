/**
 * What every backend must do, run for each device there is: {@link org.xprompt4j.tests.contract.BackendContract} opens it,
 * {@link org.xprompt4j.tests.contract.Workbench} makes the data, one class per family of operations checks.
 *
 * <p>{@code -Dxprompt4j.test.seed=N} repeats a failure with the seed that it printed.
 */
package org.xprompt4j.tests.contract;
