/**
 * Files that somebody tampered with: one fuzz target for every reader of the project, each holding the reader to the rules of
 * {@link org.xprompt4j.tests.fuzz.Guard}. {@code mvn verify} replays the inputs that are kept beside the tests, which takes
 * seconds; {@code tests/fuzz.sh} searches for new ones, guided by coverage. Read {@link org.xprompt4j.tests.fuzz.Guard} first,
 * then {@link org.xprompt4j.tests.fuzz.NpyFuzzTest}, the shortest target.
 */
package org.xprompt4j.tests.fuzz;
