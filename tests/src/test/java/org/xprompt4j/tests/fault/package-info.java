/**
 * What is left on the disk when files fail: {@link org.xprompt4j.tests.fault.FaultyFiles} is a file system over the real one in
 * which the n-th operation fails or tears, the disk is full, or the machine loses power; production code runs on it as it is.
 * Read {@link org.xprompt4j.tests.fault.Fault} first, then {@code SavedFilesTest} and {@code TrainingFaultsTest}.
 */
package org.xprompt4j.tests.fault;
