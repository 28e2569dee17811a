/**
 * Rules of the code base that a compiler does not hold: who may import whom, which module depends on what, files and names.
 *
 * <p>Read {@link org.xprompt4j.tests.architecture.Sources} for how the tree is found, then the two tests.
 */
package org.xprompt4j.tests.architecture;
