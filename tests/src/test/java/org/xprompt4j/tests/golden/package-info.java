/**
 * What reference implementations computed for small models, compared with what this project computes on every backend.
 * Read {@link org.xprompt4j.tests.golden.GoldenFolder} first, then {@link org.xprompt4j.tests.golden.ChameleonForwardTest}.
 */
package org.xprompt4j.tests.golden;
